using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace SqlServerCheck;

/// <summary>
/// Checks SQL Server scripts and statements without a server. Microsoft's parser reads them; every table, column and variable must be
/// declared by the schema, the statement or its parameters.
/// </summary>
public static class SqlServerScript
{
    /// <summary>Syntax errors with line and column; empty if there are none.</summary>
    public static IReadOnlyList<string> SyntaxErrors(string sql)
    {
        Parse(sql, out var errors);
        return errors;
    }

    /// <summary>The errors of <paramref name="statements"/> against the tables of <paramref name="schema"/>.</summary>
    /// <param name="schema">A script of CREATE statements in batches separated by GO.</param>
    /// <param name="statements">Each statement under a name for error messages, with the names of its parameters (<c>@id
    /// @lease</c>).</param>
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
