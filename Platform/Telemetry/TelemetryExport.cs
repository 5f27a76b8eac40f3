using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Telemetry;

/// <summary>
/// Settings: <c>Otlp:Endpoint</c> (http://host:4317), <c>Otlp:Protocol</c> (grpc, the default, or http/protobuf), <c>Otlp:SampleRatio</c>
/// (0 to 1). Without an endpoint spans are still created, unrecorded, so that log lines carry trace ids across processes.
/// </summary>
sealed class TelemetryExport(IConfiguration configuration, string service) : IHostedService, IDisposable
{
    static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Microsoft.Data.SqlClient", "MassTransit", Instruments.Name];

    static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", Instruments.Name,
    ];

    readonly List<IDisposable> providers = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration["Otlp:Endpoint"] is { Length: > 0 } endpoint)
            Export(new Uri(endpoint), configuration["Otlp:Protocol"] == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc);
        else
            ListenOnly();
        return Task.CompletedTask;
    }

    void Export(Uri endpoint, OtlpExportProtocol protocol)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(service, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}");
        var sampler = new ParentBasedSampler(new TraceIdRatioBasedSampler(configuration.GetValue("Otlp:SampleRatio", 1.0)));
        providers.Add(Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).SetSampler(sampler).AddSource(Sources)
            .AddOtlpExporter(options => Set(options, endpoint, protocol, "v1/traces")).Build());
        providers.Add(Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters)
            .AddOtlpExporter(options => Set(options, endpoint, protocol, "v1/metrics")).Build());
    }

    static void Set(OtlpExporterOptions options, Uri endpoint, OtlpExportProtocol protocol, string path)
    {
        options.Protocol = protocol;
        // Over HTTP the exporter uses the endpoint unchanged, so the signal's path must be added here.
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
    }

    void ListenOnly()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        providers.Add(listener);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => providers.ForEach(provider => provider.Dispose());
}
