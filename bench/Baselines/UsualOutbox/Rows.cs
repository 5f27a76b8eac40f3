using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Bench;

// Typical entities: settable properties, mapped by convention to the columns of the system's own tables.

sealed class UsualInboxRow
{
    public Guid MessageId { get; set; }
    public string Endpoint { get; set; } = "";
    public DateTime ReceivedAt { get; set; }

    /// <summary>Set in the handler's transaction: a delivery that finds it set is a duplicate.</summary>
    public DateTime? HandledAt { get; set; }
}

sealed class UsualOutboxRow
{
    public Guid Id { get; set; }
    public string Destination { get; set; } = "";
    public string MessageType { get; set; } = "";
    public string ContentType { get; set; } = "application/json";
    public string Body { get; set; } = "";
    public Guid? CorrelationId { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Id of the message or placement that wrote the row; used to read the rows back.</summary>
    public Guid Lease { get; set; }

    public DateTime NextAttemptAt { get; set; }
    public int Attempts { get; set; }
}

sealed class UsualAuditRow
{
    public long Id { get; set; }
    public DateTime At { get; set; }
    public string Subject { get; set; } = "";
    public string SubjectId { get; set; } = "";
    public string FromState { get; set; } = "";
    public string ToState { get; set; } = "";
    public string Cause { get; set; } = "";
    public string? Detail { get; set; }
}

/// <summary>Inbox, outbox and audit of each of the three databases.</summary>
abstract partial class UsualDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<UsualInboxRow> Inbox => Set<UsualInboxRow>();
    public DbSet<UsualOutboxRow> Outbox => Set<UsualOutboxRow>();

    public void Audit(string subject, Guid order, string from, string to, string cause, DateTime at, string? detail = null) => Add(new UsualAuditRow
    {
        At = at, Subject = subject, SubjectId = order.ToString(), FromState = from, ToState = to, Cause = cause, Detail = detail,
    });

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<UsualInboxRow>().ToTable("inbox").HasKey(row => new { row.MessageId, row.Endpoint });
        modelBuilder.Entity<UsualOutboxRow>().ToTable("outbox").Property(row => row.Id).ValueGeneratedNever();
        modelBuilder.Entity<UsualAuditRow>().ToTable("audit");
        Map(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(WordPattern().Replace(property.Name, "_$0").ToLowerInvariant());
    }

    protected abstract void Map(ModelBuilder model);

    [GeneratedRegex("(?<=[a-z])[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordPattern();
}
