using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>The folders of Platform use each other in one direction (<see cref="PlatformLayers"/>).</summary>
public sealed class LayerTests
{
    [Fact]
    public void Folders_of_the_platform_use_only_those_listed() => PlatformLayers.Sources.SelectMany(PlatformLayers.Violations).ShouldBeNone();

    [Fact]
    public void Listed_folders_are_used() =>
        (from layer in PlatformLayers.All
         from used in PlatformLayers.Split(layer.Uses)
         where !PlatformLayers.Sources.Any(source => PlatformLayers.FolderOf(source) == layer.Folder && PlatformLayers.Used(source).Contains(used))
         select $"{layer.Folder} no longer uses {used}: remove the arrow").ShouldBeNone();

    [Fact]
    public void All_arrows_point_to_lower_layers() => PlatformLayers.Upward(PlatformLayers.All).ShouldBeNone();

    [Fact]
    public void The_platform_has_no_usings_for_all_its_files() => Repo.Read("Platform/Platform.csproj").ShouldNotContain("<Using ");

    [Fact]
    public void The_document_shows_the_layers()
    {
        var document = Repo.Read("docs/architecture.md");
        PlatformLayers.All.Select(layer => $@"^\| `Platform/{layer.Folder}/` \| [^|]+ \| {(layer.Uses.Length > 0 ? layer.Uses : "none")} \|$")
            .Where(row => !Regex.IsMatch(document, row, RegexOptions.Multiline, TimeSpan.FromSeconds(1))).ShouldBeNone();
    }

    [Theory]
    [InlineData("Platform/Database/Planted.cs", "using OrderSaga.Platform.Outbox;\nnamespace OrderSaga.Platform.Database;", 1)]
    [InlineData("Platform/Database/Planted.cs", "namespace OrderSaga.Platform.Database;\nclass C(Outbox.OutboxRow row);", 1)]
    [InlineData("Platform/Database/Planted.cs", "namespace OrderSaga.Platform.Database;\nclass C(OrderSaga.Platform.Inbox.InboxRow row);", 1)]
    [InlineData("Platform/Inbox/Planted.cs", "namespace OrderSaga.Platform.Inbox;\nclass C { object X => Hosting.Service.Create([], \"\"); }", 1)]
    [InlineData("Platform/Inbox/Planted.cs", "global using OrderSaga.Platform.Database;\nnamespace OrderSaga.Platform.Inbox;", 1)]
    [InlineData("Platform/Inbox/Planted.cs", "namespace OrderSaga.Platform.Database;", 1)]
    [InlineData("Platform/Planted.cs", "namespace OrderSaga.Platform;", 1)]
    [InlineData("Platform/Outbox/Planted.cs", "using OrderSaga.Platform.Database;\nnamespace OrderSaga.Platform.Outbox;\nclass C(Inbox.InboxRow row);", 0)]
    public void A_use_of_a_higher_layer_is_detected(string file, string text, int found) =>
        PlatformLayers.Violations(new Source(file, text)).Count().ShouldBe(found);

    [Fact]
    public void A_cycle_of_arrows_is_detected() => PlatformLayers.Upward([("A", "B"), ("B", "A")]).ShouldHaveSingleItem();
}
