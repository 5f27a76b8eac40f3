using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace SqlServerCheck;

/// <summary>
/// Checks SQL Server scripts and statements without a server: DacFx parses them, and every table, column and variable must be one that
/// the schema, the statement or its parameters declare. (DacFx's own model of a schema does not load on this runtime.)
/// </summary>
public static class SqlServerScript
{
    /// <summary>What is wrong with the syntax, with line and column; empty when it is right.</summary>
    public static IReadOnlyList<string> SyntaxErrors(string sql)
    {
        Parse(sql, out var errors);
        return errors;
    }

    /// <summary>What is wrong with <paramref name="statements"/> over the tables of <paramref name="schema"/>.</summary>
    /// <param name="schema">A script of CREATE statements, batches parted by GO.</param>
    /// <param name="statements">By a name that the errors show: the names of its parameters (<c>@id @lease</c>), and the statement.</param>
    public static IReadOnlyList<string> Errors(string schema, IReadOnlyDictionary<string, (string Parameters, string Sql)> statements)
    {
        var tables = Tables(Parse(schema, out var broken));
        return [.. broken.Select(error => "schema: " + error),
            .. statements.SelectMany(one => Errors(tables, one.Value).Select(error => $"{one.Key}: {error}"))];
    }

    static IEnumerable<string> Errors(Dictionary<string, HashSet<string>> tables, (string Parameters, string Sql) statement)
    {
        var script = Parse(statement.Sql, out var errors);
        if (errors.Count > 0)
            return errors;
        var names = new Names(tables, statement.Parameters.Split(' '));
        script.Accept(names);
        return names.Unknown();
    }

    /// <summary>The columns of each table that the script creates.</summary>
    static Dictionary<string, HashSet<string>> Tables(TSqlFragment schema)
    {
        var created = new Created();
        schema.Accept(created);
        return created.Tables;
    }

    static TSqlFragment Parse(string sql, out IReadOnlyList<string> errors)
    {
        using var reader = new StringReader(sql);
        var script = new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var found);
        errors = [.. found.Select(error => $"line {error.Line}, column {error.Column}: {error.Message}")];
        return script;
    }

    sealed class Created : TSqlFragmentVisitor
    {
        public Dictionary<string, HashSet<string>> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

        public override void Visit(CreateTableStatement node) => Tables[node.SchemaObjectName.BaseIdentifier.Value] =
            node.Definition.ColumnDefinitions.Select(column => column.ColumnIdentifier.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
