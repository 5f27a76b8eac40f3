using Npgsql;
using OrderSaga.Platform;

namespace Platform.Tests;

/// <summary>The exit code tells a supervisor whether another start can help.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_wrong_setting_is_one_sentence_and_final()
    {
        var (code, said) = await Run(new InvalidOperationException("Limits:Lanes must be 1 to 64"));
        code.ShouldBe(Start.WrongSettings);
        said.ShouldEndWith($" does not start: Limits:Lanes must be 1 to 64{Environment.NewLine}");
    }

    [Fact]
    public async Task A_database_that_is_unavailable_may_be_there_next_time()
    {
        var (code, said) = await Run(new InvalidOperationException("transient", new NpgsqlException("connecting", new IOException("refused"))));
        code.ShouldBe(1);
        said.ShouldContain("refused");
    }

    [Fact]
    public async Task A_bug_keeps_its_stack()
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
            return (await Start.Of(() => Task.Run(() => throw failure)), said.ToString());
        }
        finally
        {
            Console.SetError(usual);
        }
    }
}
