using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace SqlServerCheck;

/// <summary>Compares the tables, columns and variables of one statement with those that exist.</summary>
sealed class Names(IReadOnlyDictionary<string, HashSet<string>> tables, IEnumerable<string> parameters) : TSqlFragmentVisitor
{
    /// <summary>The columns of OPENJSON without WITH.</summary>
    static readonly string[] JsonColumns = ["key", "value", "type"];

    /// <summary>Functions whose first argument is a date part; the parser takes it for a column.</summary>
    static readonly string[] DateFunctions = ["DATEADD", "DATEDIFF", "DATEPART", "DATENAME"];

    readonly HashSet<string> variables = parameters.ToHashSet(StringComparer.OrdinalIgnoreCase);
    readonly List<string> unknown = [];
    readonly List<ColumnReferenceExpression> columns = [];
    readonly HashSet<TSqlFragment> dateParts = [];
    readonly List<(string Name, string Alias)> used = [];
    readonly Dictionary<string, HashSet<string>> sources = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> computed = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> expressions = new(StringComparer.OrdinalIgnoreCase);

    public override void Visit(CommonTableExpression node) => expressions.Add(node.ExpressionName.Value);

    public override void Visit(NamedTableReference node) =>
        used.Add((node.SchemaObject.BaseIdentifier.Value, node.Alias?.Value ?? node.SchemaObject.BaseIdentifier.Value));

    public override void Visit(OpenJsonTableReference node) => sources[node.Alias?.Value ?? "OPENJSON"] =
        (node.SchemaDeclarationItems.Count == 0 ? JsonColumns : node.SchemaDeclarationItems.Select(item => item.ColumnDefinition.ColumnIdentifier.Value))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A derived table has the columns that its query selects.</summary>
    public override void Visit(QueryDerivedTable node)
    {
        if (node.QueryExpression is QuerySpecification query)
            sources[node.Alias.Value] = query.SelectElements.OfType<SelectScalarExpression>()
                .Select(element => element.ColumnName?.Value ?? (element.Expression is ColumnReferenceExpression column ? Last(column) : ""))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    public override void Visit(MergeSpecification node)
    {
        if (node.Target is NamedTableReference target && node.TableAlias is { } alias)
            used.Add((target.SchemaObject.BaseIdentifier.Value, alias.Value));
    }

    public override void Visit(ColumnReferenceExpression node)
    {
        if (node.ColumnType == ColumnType.Regular)
            columns.Add(node);
    }

    /// <summary>The alias of a computed column in a subquery.</summary>
    public override void Visit(SelectScalarExpression node)
    {
        if (node.ColumnName is { } alias)
            computed.Add(alias.Value);
    }

    public override void Visit(FunctionCall node)
    {
        if (DateFunctions.Contains(node.FunctionName.Value, StringComparer.OrdinalIgnoreCase))
            dateParts.Add(node.Parameters[0]);
    }

    public override void Visit(VariableReference node)
    {
        if (!variables.Contains(node.Name))
            unknown.Add($"no parameter {node.Name}");
    }

    public override void Visit(InsertSpecification node)
    {
        if (node.Target is NamedTableReference target && tables.TryGetValue(target.SchemaObject.BaseIdentifier.Value, out var known))
            unknown.AddRange(node.Columns.Select(Last).Where(column => !known.Contains(column)).Select(column => $"no column {column} to insert into"));
    }

    public IEnumerable<string> Unknown()
    {
        foreach (var (name, alias) in used)
            Resolve(name, alias);
        return unknown.Concat(columns.Where(column => !dateParts.Contains(column) && !IsThere(column)).Select(column => $"no column {Text(column)}"));
    }

    void Resolve(string name, string alias)
    {
        if (tables.TryGetValue(name, out var known))
            sources[alias] = known;
        else if (!expressions.Contains(name))
            unknown.Add($"no table {name}");
    }

    /// <summary>A column of the source that it names; without one, or for an expression or OUTPUT, a column of any source.</summary>
    bool IsThere(ColumnReferenceExpression column)
    {
        var parts = column.MultiPartIdentifier.Identifiers;
        if (parts.Count == 1 && computed.Contains(Last(column)))
            return true;
        return parts.Count > 1 && sources.TryGetValue(parts[^2].Value, out var source)
            ? source.Contains(Last(column))
            : (parts.Count == 1 || parts[^2].Value is "inserted" or "deleted" || expressions.Contains(parts[^2].Value))
                && sources.Values.Any(any => any.Contains(Last(column)));
    }

    static string Last(ColumnReferenceExpression column) => column.MultiPartIdentifier.Identifiers[^1].Value;

    static string Text(ColumnReferenceExpression column) => string.Join('.', column.MultiPartIdentifier.Identifiers.Select(part => part.Value));
}
