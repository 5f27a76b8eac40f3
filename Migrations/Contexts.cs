using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Inventory;
using OrderSaga.Payments;
using OrderSaga.Platform.Database;
using OrderSaga.Sandbox;
using Reconciler.Job;

namespace Migrations;

// One context per database and engine, because each pair has its own migrations. The migrations tool uses the parameterless constructors,
// Schema the others.

public sealed class SqliteOrders(DbContextOptions options) : OrdersDb(options)
{
    public SqliteOrders() : this(Schema.Options(DatabaseMode.Sqlite, "Data Source=design"))
    {
    }
}

public sealed class SqliteInventory(DbContextOptions options) : InventoryDb(options)
{
    public SqliteInventory() : this(Schema.Options(DatabaseMode.Sqlite, "Data Source=design"))
    {
    }
}

public sealed class SqlitePayments(DbContextOptions options) : PaymentsDb(options)
{
    public SqlitePayments() : this(Schema.Options(DatabaseMode.Sqlite, "Data Source=design"))
    {
    }
}

public sealed class SqliteSandbox(DbContextOptions options) : SandboxDb(options)
{
    public SqliteSandbox() : this(Schema.Options(DatabaseMode.Sqlite, "Data Source=design"))
    {
    }
}

public sealed class SqliteReconciler(DbContextOptions options) : ReconcilerDb(options)
{
    public SqliteReconciler() : this(Schema.Options(DatabaseMode.Sqlite, "Data Source=design"))
    {
    }
}

public sealed class PostgreSqlOrders(DbContextOptions options) : OrdersDb(options)
{
    public PostgreSqlOrders() : this(Schema.Options(DatabaseMode.PostgreSql, "Host=design"))
    {
    }
}

public sealed class PostgreSqlInventory(DbContextOptions options) : InventoryDb(options)
{
    public PostgreSqlInventory() : this(Schema.Options(DatabaseMode.PostgreSql, "Host=design"))
    {
    }
}

public sealed class PostgreSqlPayments(DbContextOptions options) : PaymentsDb(options)
{
    public PostgreSqlPayments() : this(Schema.Options(DatabaseMode.PostgreSql, "Host=design"))
    {
    }
}

public sealed class PostgreSqlSandbox(DbContextOptions options) : SandboxDb(options)
{
    public PostgreSqlSandbox() : this(Schema.Options(DatabaseMode.PostgreSql, "Host=design"))
    {
    }
}

public sealed class PostgreSqlReconciler(DbContextOptions options) : ReconcilerDb(options)
{
    public PostgreSqlReconciler() : this(Schema.Options(DatabaseMode.PostgreSql, "Host=design"))
    {
    }
}

public sealed class SqlServerOrders(DbContextOptions options) : OrdersDb(options)
{
    public SqlServerOrders() : this(Schema.Options(DatabaseMode.SqlServer, "Server=design"))
    {
    }
}

public sealed class SqlServerInventory(DbContextOptions options) : InventoryDb(options)
{
    public SqlServerInventory() : this(Schema.Options(DatabaseMode.SqlServer, "Server=design"))
    {
    }
}

public sealed class SqlServerPayments(DbContextOptions options) : PaymentsDb(options)
{
    public SqlServerPayments() : this(Schema.Options(DatabaseMode.SqlServer, "Server=design"))
    {
    }
}

public sealed class SqlServerSandbox(DbContextOptions options) : SandboxDb(options)
{
    public SqlServerSandbox() : this(Schema.Options(DatabaseMode.SqlServer, "Server=design"))
    {
    }
}

public sealed class SqlServerReconciler(DbContextOptions options) : ReconcilerDb(options)
{
    public SqlServerReconciler() : this(Schema.Options(DatabaseMode.SqlServer, "Server=design"))
    {
    }
}
