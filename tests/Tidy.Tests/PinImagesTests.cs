using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>scripts/pin-images with a program in place of docker.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class PinImagesTests : IDisposable
{
    static readonly string[] Files = ["deploy/Dockerfile", "compose.yaml", "compose.postgres.yaml"];

    readonly DirectoryInfo copy = Directory.CreateTempSubdirectory("pin-images-");

    public PinImagesTests()
    {
        foreach (var file in Files.Append("scripts/pin-images"))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
            File.Copy(Repo.Path(file), In(file));
        }
    }

    public void Dispose() => copy.Delete(true);

    [Fact]
    public async Task Every_image_is_pinned_to_its_newest_digest()
    {
        var before = Images();
        before.Count.ShouldBeGreaterThan(6);
        foreach (var digest in new[] { new string('a', 64), new string('b', 64) })
        {
            (await Run($"echo sha256:{digest}")).ShouldBe(0);
            Images().ShouldBe(before.Select(image => $"{image}@sha256:{digest}"));
        }
    }

    [Fact]
    public async Task Without_a_digest_nothing_is_pinned()
    {
        var before = Images();
        (await Run("echo 'not found'")).ShouldBe(1);
        Images().ShouldBe(before);
    }

    List<string> Images() => [.. Files.SelectMany(file => Image().Matches(File.ReadAllText(In(file))).Select(match => match.Groups["image"].Value))];

    string In(string file) => Path.Combine(copy.FullName, file);

    async Task<int> Run(string docker)
    {
        var program = In("docker");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{docker}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("bash", [In("scripts/pin-images")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{copy.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [GeneratedRegex(@"^ *(FROM|image:) +(?<image>\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Image();
}
