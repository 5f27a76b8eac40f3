using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Sandbox.Tests;

/// <summary>What the start says.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task In_production_the_start_warns_that_no_money_moves(string environment, bool warns)
    {
        await using var installation = await Mode.Embedded.Fresh("sandbox");
        var builder = Service.Create(
            [$"--environment={environment}", $"--Gateway:Key={SandboxHost.Key}", $"--Gateway:WebhookSecret={SandboxHost.Secret}",
             .. installation.Settings().Select(x => $"--{x.Key}={x.Value}")], "sandbox");
        using var log = new Warnings();
        builder.Logging.AddProvider(log);
        builder.AddSandbox();
        await using var app = builder.Build();
        app.MapSandbox();
        log.Lines.Any(line => line.Contains("no money moves", StringComparison.Ordinal)).ShouldBe(warns);
    }

    sealed class Warnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose() => GC.SuppressFinalize(this);
    }
}
