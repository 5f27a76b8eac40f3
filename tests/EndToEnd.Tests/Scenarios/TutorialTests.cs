using System.Text.RegularExpressions;
using Repository;

namespace EndToEnd.Tests;

/// <summary>The commands of README.md and of the tutorials, run as they stand, with the answers that the pages show.</summary>
public sealed class TutorialTests : IDisposable
{
    const string Start = "dotnet run --project OrderSaga.Host";

    readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("tutorial-");

    public void Dispose() => directory.Delete(true);

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/tutorial.md", 19)]
    [InlineData("docs/two-gateways.md", 4)]
    public async Task The_page_works_as_written(string page, int answers)
    {
        var blocks = PageBlock.Of(Repo.Read(page));
        blocks[0].Commands.ShouldStartWith(Start);
        Repo.Read(page).Split('\n').Where(line => line.StartsWith("```", StringComparison.Ordinal)).Distinct()
            .ShouldBeSubsetOf(["```", "```sh", "```json", "```mermaid"], "commands in another kind of block would not be run");
        blocks.Count(block => block.Answer is not null).ShouldBe(answers, "the page shows another number of answers");
        var url = new Uri($"http://localhost:{Ports.Free(1)[0]}/");
        var settings = SettingsOf(blocks[0].Commands[Start.Length..]);
        settings["Data"] = Path.Combine(directory.FullName, "data");
        await using var host = new ServiceProcess("OrderSaga.Host", url, settings, Path.Combine(directory.FullName, "host.log"));
        host.Start();
        await Eventually.Holds("the host says that it is running",
            () => host.LogTail(200).Contains("OrderSaga is running", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        using var shell = new Shell(directory.FullName);
        foreach (var block in blocks.Skip(1))
            await Run(shell, block, url.GetLeftPart(UriPartial.Authority), host.Assembly);
    }

    /// <summary>The arguments of the command that starts the host: <c>-- --Name=Value</c>.</summary>
    static Dictionary<string, string?> SettingsOf(string arguments) => arguments.Replace("\\\n", "", StringComparison.Ordinal)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(argument => argument != "--").Select(argument => argument.TrimStart('-').Split('=', 2))
        .ToDictionary(pair => pair[0], string? (pair) => pair[1]);

    [Theory]
    [InlineData("{\"id\":\"01a20278-5a4e-7adc-bb31-9d0392fac919\", ... \"status\":\"Completed\"}", true)]
    [InlineData("{\"id\":\"01a20278-5a4e-7adc-bb31-9d0392fac919\",\n  \"a\":1,\"status\":\"Completed\"}", true)]
    [InlineData("{\"id\":\"01a20278-5a4e-7adc-bb31-9d0392fac919\",\"status\":\"Completed\"}", false)]
    [InlineData("{\"id\":\"01a20278-5a4e-7adc-bb31-9d0392fac919\", ... \"status\":\"Cancelled\"}", false)]
    public void A_response_that_differs_is_detected(string shown, bool matches) => new PageBlock("", shown)
        .Shows("{\"id\":\"11111111-5a4e-7adc-bb31-9d0392fac919\",\"a\":1,\"status\":\"Completed\"}").ShouldBe(matches);

    /// <summary>What only reads is asked again until it is so: a webhook, say, takes a moment.</summary>
    static async Task Run(Shell shell, PageBlock block, string url, string host)
    {
        var commands = block.Commands.Replace("http://localhost:5100", url, StringComparison.Ordinal)
            .Replace($"{Start} --", $"dotnet {host}", StringComparison.Ordinal);
        var answer = await shell.Run(commands);
        if (block.OnlyReads && !Shows(answer))
            await Eventually.Holds($"{commands} answers\n{block.Answer}\nIt answered\n{answer}",
                async () => Shows(await shell.Run(commands)));
        else
            Shows(answer).ShouldBeTrue($"{commands} answered\n{answer}");

        bool Shows(string said) => block.Shows(said.Replace(url, "http://localhost:5100", StringComparison.Ordinal));
    }
}

/// <summary>One block of commands, and the answer that the page shows below it.</summary>
sealed partial record PageBlock(string Commands, string? Answer)
{
    public bool OnlyReads => !Writes().IsMatch(Commands);

    public static IReadOnlyList<PageBlock> Of(string page) => [.. Block().Matches(page).Select(match => new PageBlock(
        match.Groups["commands"].Value.Trim(), match.Groups["answer"] is { Success: true } answer ? answer.Value.Trim() : null))];

    /// <summary>Dots stand for anything; ids, times and blanks may differ.</summary>
    public bool Shows(string answer) => Answer is null
        || Regex.IsMatch(Plain(answer), Pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(10));

    string Pattern => $"^{string.Join(".*", Answer!.Split("...").Select(part => Regex.Escape(Plain(part))))}$";

    static string Plain(string text) => Blank().Replace(Time().Replace(Id().Replace(text, "ID"), "TIME"), "");

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```\n(```(json)?\n(?<answer>.*?)^```\n)?",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("POST|PUT|-d |order |dotnet")]
    private static partial Regex Writes();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=auth_|\"traceId\":\")[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\s")]
    private static partial Regex Blank();
}

/// <summary>One shell for all commands of a page, so that what one sets the next one has.</summary>
sealed class Shell : IDisposable
{
    const string End = "--- end of block ";

    readonly System.Diagnostics.Process process;

    public Shell(string directory)
    {
        var start = new System.Diagnostics.ProcessStartInfo("bash")
        {
            WorkingDirectory = directory, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "dumb";
        process = System.Diagnostics.Process.Start(start)!;
    }

    /// <returns>What the commands write; a command that fails at the end of its block is an error.</returns>
    public async Task<string> Run(string commands)
    {
        await process.StandardInput.WriteLineAsync($"{{\n{commands}\n}} 2>&1 </dev/null\necho; echo \"{End}$?\"");
        await process.StandardInput.FlushAsync();
        var lines = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (!line.StartsWith(End, StringComparison.Ordinal))
                lines.Add(line);
            else
                return line[End.Length..] == "0" ? string.Join('\n', lines)
                    : throw new InvalidOperationException($"{commands}\n{string.Join('\n', lines)}");
        throw new InvalidOperationException($"The shell ended at {commands}");
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
