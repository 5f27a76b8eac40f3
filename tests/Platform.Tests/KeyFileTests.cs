using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;

namespace Platform.Tests;

/// <summary>The key file and the data directory on the disk.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("key-file-");

    public void Dispose() => directory.Delete(true);

    [Fact]
    public void Keys_created_at_once_are_all_kept()
    {
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => ApiKeys.Create(directory.FullName, $"k{i}", "m", Roles.Orders));
        var file = new ApiKeyFile(directory.FullName);
        file.Definitions(file.ReadText()).Count().ShouldBe(16);
    }

    [Fact]
    public void A_change_that_another_program_undoes_is_an_error()
    {
        ApiKeys.Create(directory.FullName, "old", "m", Roles.Orders);
        var file = new ApiKeyFile(directory.FullName);
        File.Move(file.Path, Path.Combine(directory.FullName, "target"));
        File.CreateSymbolicLink(file.Path, "target");
        Should.Throw<IOException>(() => file.Change(keys =>
        {
            keys.Remove("old");
            File.Delete(file.Path);
            File.WriteAllText(file.Path, "{}");
        })).Message.ShouldContain("Another program changed");
    }

    [Fact]
    public async Task A_file_broken_for_a_moment_refuses_no_key()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        var key = ApiKeys.Create(installation.Directory, "ops", "ops", Roles.Operator);
        var clock = new ElapsedClock();
        await using var app = PackSetup.Build(PackHost.Arguments(installation), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var (ring, file) = (app.Services.GetRequiredService<ApiKeyRing>(), app.Services.GetRequiredService<ApiKeyFile>().Path);
        var whole = await File.ReadAllTextAsync(file);

        After(0, "{").ShouldBe(AuthFailure.None);
        After(2, "{").ShouldBe(AuthFailure.None);
        After(0, whole).ShouldBe(AuthFailure.None);
        After(2, "{").ShouldBe(AuthFailure.None);
        After(2, "{").ShouldBe(AuthFailure.None);
        After(2, "{").ShouldBe(AuthFailure.Suspended);
        After(0, whole).ShouldBe(AuthFailure.None);

        AuthFailure After(int seconds, string text)
        {
            clock.Advance(seconds);
            File.WriteAllText(file, text);
            ring.Refresh();
            return ring.Find(key).Failure;
        }
    }

    [Fact]
    public void A_public_data_directory_is_made_private()
    {
        var data = Directory.CreateDirectory(Path.Combine(directory.FullName, "data"), Public).FullName;
        PrivateFiles.RestrictDirectory(data);
        File.GetUnixFileMode(data).ShouldBe(Private);
    }

    [Fact]
    public void A_public_directory_with_other_files_is_refused()
    {
        var data = Directory.CreateDirectory(Path.Combine(directory.FullName, "data"), Public).FullName;
        File.WriteAllText(Path.Combine(data, "other"), "");
        Should.Throw<IOException>(() => PrivateFiles.RestrictDirectory(data)).Message.ShouldContain($"run: chmod 700 {data}");
        File.GetUnixFileMode(data).ShouldBe(Public);
    }

    [Fact]
    public async Task A_start_makes_public_databases_private()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        var file = Path.Combine(installation.Directory, "pack.db");
        await File.WriteAllTextAsync(file, "");
        File.SetUnixFileMode(file, Public);
        await using var app = PackSetup.Build(PackHost.Arguments(installation), _ => { });
        using (DataLock.Acquire(app, "instance.lock"))
            File.GetUnixFileMode(file).ShouldBe(Private);
    }

    [Fact]
    public void A_public_key_file_is_made_private()
    {
        ApiKeys.Create(directory.FullName, "old", "m", Roles.Orders);
        var file = new ApiKeyFile(directory.FullName);
        File.SetUnixFileMode(file.Path, Public);
        file.Restrict();
        File.GetUnixFileMode(file.Path).ShouldBe(Private);
    }

    /// <summary>The kernel's file has mode 0666, which no user can change.</summary>
    [Fact]
    public void A_key_file_that_others_can_write_is_refused()
    {
        Assert.SkipUnless(File.Exists("/proc/self/timerslack_ns"), "It needs a file of Linux.");
        var file = new ApiKeyFile(directory.FullName);
        File.CreateSymbolicLink(file.Path, "/proc/self/timerslack_ns");
        Should.Throw<IOException>(file.Restrict).Message.ShouldContain($"Run: chmod go-rwx {file.Path}");
    }
}
