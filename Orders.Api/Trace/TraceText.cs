using OrderSaga.Platform.Common;

namespace Orders.Api;

/// <summary>A call tree for a terminal: one line for each span, with its offset and duration in milliseconds.</summary>
static class TraceText
{
    const int MaxLabel = 100;
    const int MaxComment = 120;

    public static string Of(OrderTrace trace)
    {
        var lines = Lines(trace.Root, "", "").ToList();
        var (labels, services) = (lines.Max(line => line.Label.Length), lines.Max(line => line.Span.Service.Length));
        string[] text =
        [
            $"order {trace.OrderId} {trace.Status}{(trace.TraceId is null ? "" : ", trace " + trace.TraceId)}, source: {trace.Source}",
            $"placed {WebJson.Text(trace.PlacedAt)} .. {End(trace)}   critical path *",
            "",
            $"{"".PadRight(labels + services + 4)}start ms  duration ms",
            .. lines.Select(line => Row(line.Label.PadRight(labels), line.Span.Service.PadRight(services), line.Span)),
            "",
            $"gaps: {(trace.Gaps.Count == 0 ? "none" : string.Join("; ", trace.Gaps.Select(gap => $"{gap.Source} ({gap.Reason})")))}",
            "",
        ];
        return string.Join('\n', text);
    }

    static string End(OrderTrace trace) => trace.EndedAt is { } end
        ? $"ended {WebJson.Text(end)}   {trace.Root.DurationMs:F1} ms"
        : $"not ended   {trace.Root.DurationMs:F1} ms until now";

    static IEnumerable<(string Label, TraceSpan Span)> Lines(TraceSpan span, string branch, string indent)
    {
        yield return ($"{(span.Critical ? '*' : ' ')} {branch}{Text.Clean($"{span.Name} -> {span.Result}", MaxLabel)}", span);
        foreach (var (at, child) in span.Children.Index())
        {
            var isLast = at == span.Children.Count - 1;
            foreach (var line in Lines(child, indent + (isLast ? "`- " : "|- "), indent + (isLast ? "   " : "|  ")))
                yield return line;
        }
    }

    static string Row(string label, string service, TraceSpan span)
    {
        string?[] comments = [span.Open ? "open" : null, span.Note, span.Detail];
        var comment = string.Join("; ", comments.Where(text => text is not null));
        return $"{label}  {service}  {span.StartMs,8:F1}  {span.DurationMs,11:F1}  {Text.Clean(comment, MaxComment)}".TrimEnd();
    }
}
