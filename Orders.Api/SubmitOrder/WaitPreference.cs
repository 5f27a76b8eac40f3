using System.Globalization;

namespace Orders.Api;

/// <summary>RFC 7240: <c>Prefer: wait=N</c>, seconds. An invalid preference is ignored, as the RFC requires.</summary>
static class WaitPreference
{
    const int MaxSeconds = 30;

    public static TimeSpan? Of(HttpContext http)
    {
        foreach (var preference in http.Request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var parts = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(parts[1].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds));
        }

        return null;
    }
}
