using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EndToEnd.Tests;

/// <summary>https and host names by settings; without them nothing changes for http://localhost.</summary>
public sealed class HttpsTests
{
    const string Hsts = "Strict-Transport-Security";

    static readonly string[] BehindProxy = ["--Http:TrustedProxies:0=127.0.0.1", "--Http:RequireHttps=true", "--Http:HstsDays=365", "--Http:HttpsPort=8443"];

    [Theory]
    [InlineData("http", "192.0.2.7", "/orders?limit=5", 308)]
    [InlineData("http", "192.0.2.7", "/health/live", 200)]
    [InlineData("http", "192.0.2.7", "/healthy", 308)]
    [InlineData("https", "192.0.2.7", "/orders?limit=5", 200)]
    [InlineData("http", null, "/orders?limit=5", 200)]
    public async Task Http_from_another_machine_is_redirected(string scheme, string? caller, string path, int status)
    {
        await using var host = await WholeHost.Start(BehindProxy);
        using var answer = await Get(host, path, ("X-Forwarded-Proto", scheme), ("X-Forwarded-For", caller), ("X-Forwarded-Host", "api.example.com"));
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.Location?.ToString().ShouldBe("https://api.example.com:8443" + path);
        (answer.Headers.Location is null).ShouldBe(status != 308);
        Header(answer, Hsts).ShouldBe(scheme == "https" ? "max-age=31536000" : null);
    }

    [Fact]
    public async Task A_process_with_a_certificate_serves_https_itself()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=shop.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var file = Path.GetTempFileName();
        using (var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1)))
            await File.WriteAllBytesAsync(file, made.Export(X509ContentType.Pfx, "secret"));
        var ports = Ports.Free(2);
        await using var host = await WholeHost.Start($"--urls=http://127.0.0.1:{ports[0]};https://127.0.0.1:{ports[1]}", "--Http:HstsDays=30",
            "--Kestrel:Certificates:Default:Path=" + file, "--Kestrel:Certificates:Default:Password=secret");
        File.Delete(file);
        using var accepting = new SocketsHttpHandler();
        accepting.SslOptions.RemoteCertificateValidationCallback = (_, found, _, _) => found!.Subject == "CN=shop.example";
        using var https = new HttpClient(accepting) { BaseAddress = new Uri($"https://127.0.0.1:{ports[1]}") };
        using var answer = await Get(https, "/health/live", ("Host", "shop.example"));
        (answer.StatusCode, Header(answer, Hsts)).ShouldBe((HttpStatusCode.OK, "max-age=2592000"));
    }

    [Theory]
    [InlineData("api.example.com", null, 200)]
    [InlineData("localhost", null, 200)]
    [InlineData("evil.example", null, 400)]
    [InlineData("localhost", "evil.example", 200)]
    public async Task Only_allowed_hosts_are_served(string name, string? forwarded, int status)
    {
        await using var host = await WholeHost.Start("--AllowedHosts=api.example.com;localhost", "--Http:TrustedProxies:0=127.0.0.1");
        using var answer = await Get(host, "/openapi/v1.json", ("Host", name), ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Host", forwarded));
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("evil.example");
    }

    [Fact]
    public async Task Without_the_settings_http_is_served_as_it_is()
    {
        await using var host = await WholeHost.Start();
        using var answer = await Get(host, "/orders", ("Host", "anything.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.7"));
        (answer.StatusCode, Header(answer, Hsts)).ShouldBe((HttpStatusCode.OK, null));
    }

    static async Task<HttpResponseMessage> Get(WholeHost host, string path, params (string Name, string? Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Http.BaseAddress };
        var key = host.Http.DefaultRequestHeaders.GetValues("X-Api-Key").Single();
        return await Get(http, path, [("X-Api-Key", key), .. headers]);
    }

    static async Task<HttpResponseMessage> Get(HttpClient http, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
