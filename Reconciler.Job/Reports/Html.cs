using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Reconciler.Job;

/// <summary>
/// A piece of HTML. <c>Html.Of($"...")</c> encodes every interpolated value that is not itself HTML: ledger contents never become markup.
/// </summary>
readonly record struct Html(string Markup)
{
    public static readonly Html None = new("");

    public static Html Of(Builder text) => new(text.ToString());

    public static Html All(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Markup)));

    /// <summary><paramref name="part"/> if <paramref name="shown"/>, otherwise nothing.</summary>
    public static Html If(bool shown, Func<Html> part) => shown ? part() : None;

    public override string ToString() => Markup;

    [InterpolatedStringHandler]
    public readonly struct Builder(int literalLength, int formattedCount)
    {
        readonly StringBuilder text = new(literalLength + formattedCount * 16);

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted<T>(T value) => Append(value, null);

        public void AppendFormatted<T>(T value, string? format) => Append(value, format);

        public override string ToString() => text.ToString();

        void Append(object? value, string? format) => text.Append(value switch
        {
            Html html => html.Markup,
            IEnumerable<Html> parts => All(parts).Markup,
            IFormattable formattable => HtmlEncoder.Default.Encode(formattable.ToString(format, CultureInfo.InvariantCulture)),
            _ => HtmlEncoder.Default.Encode(value?.ToString() ?? ""),
        });
    }
}
