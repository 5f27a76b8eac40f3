using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;

namespace OrderSaga.Settlements;

/// <summary>Downloads a day's settlement file from the gateway: <c>GET v1/settlements/{date}</c>.</summary>
public sealed class SettlementClient(HttpClient http, IConfiguration configuration, SettlementSettings settings)
{
    public bool IsThere => !string.IsNullOrEmpty(configuration["Gateway:Url"]);

    /// <summary>The file in a temporary file, deleted on disposal; null if the gateway has none yet.</summary>
    /// <exception cref="HttpRequestException">The gateway was unreachable or gave another answer.</exception>
    public async Task<Stream?> Get(DateOnly day, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(BaseAddress, $"v1/settlements/{day:yyyy-MM-dd}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", configuration["Gateway:Key"]);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();

        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            await Copy(body, file, cancel);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops one byte over the maximum size; each part has its own timeout.</summary>
    async Task Copy(Stream body, FileStream file, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        var max = (settings.MaxFileMegabytes * 1024L * 1024) + 1;
        while (file.Length < max)
        {
            using var waitLimit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            waitLimit.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
            var read = await body.ReadAsync(buffer, waitLimit.Token);
            if (read == 0)
                return;
            await file.WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, max - file.Length)), cancel);
        }
    }

    /// <summary>Read on each use: a host may learn its own address late and set it then.</summary>
    Uri BaseAddress => new(configuration["Gateway:Url"]!.TrimEnd('/') + "/");
}
