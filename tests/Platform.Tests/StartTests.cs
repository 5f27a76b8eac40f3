using Npgsql;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace Platform.Tests;

/// <summary>The exit code tells a supervisor whether a restart can help.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task An_invalid_setting_is_one_message_and_final()
    {
        var (code, said) = await Run(new InvalidOperationException("Limits:ConcurrentBatches must be 1 to 64"));
        code.ShouldBe(ProgramRunner.WrongSettings);
        said.ShouldEndWith($" does not start: Limits:ConcurrentBatches must be 1 to 64{Environment.NewLine}");
    }

    [Fact]
    public async Task An_unavailable_database_at_startup_is_retried()
    {
        var (code, said) = await Run(new InvalidOperationException("transient", new NpgsqlException("connecting", new IOException("refused"))));
        code.ShouldBe(1);
        said.ShouldContain("refused");
    }

    [Fact]
    public async Task A_stop_while_it_starts_is_no_failure()
    {
        var (code, said) = await Run(new OperationCanceledException());
        (code, said).ShouldBe((0, ""));
    }

    [Fact]
    public async Task An_unexpected_exception_keeps_its_stack_trace()
    {
        var (code, said) = await Run(new NotSupportedException("a bug"));
        code.ShouldBe(1);
        said.ShouldContain(nameof(StartTests));
    }

    static async Task<(int Code, string Said)> Run(Exception failure)
    {
        var usual = Console.Error;
        using var said = new StringWriter();
        Console.SetError(said);
        try
        {
            return (await ProgramRunner.Run(() => Task.Run(() => throw failure)), said.ToString());
        }
        finally
        {
            Console.SetError(usual);
        }
    }
}
