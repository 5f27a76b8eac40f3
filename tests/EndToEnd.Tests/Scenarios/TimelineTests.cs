using System.Globalization;

namespace EndToEnd.Tests;

/// <summary>What a merchant can read about an order: everything, from every process, and live.</summary>
public sealed class TimelineTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task The_timeline_shows_all_processes_in_time_order(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.PlaceAndEnd(await shop.NewSku(5), 1, "tok_ok");
        var timeline = await Whole(shop, order.Id);
        timeline.Items.Select(item => item.At).ShouldBeInOrder();
        timeline.Items.Select(item => item.Source).Distinct().ShouldBe(["order", "stock", "payment", "gateway"], ignoreOrder: true);
        Path(timeline, "order").ShouldBe("Reserving AwaitingPayment ConfirmingPayment ConfirmingStock Completed");
        Path(timeline, "stock branch").ShouldBe("Tried Confirmed");
        Path(timeline, "payment branch").ShouldBe("Trying Tried Confirming Confirmed");
        Path(timeline, "payment capture").ShouldBe("Sent Succeeded");
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(ManyProcesses))]
    public async Task A_timeline_shows_a_gap_while_a_participant_is_down(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.PlaceAndEnd(await shop.NewSku(5), 1, "tok_ok");
        await shop.System.Of("Payments.Worker").Kill();
        var timeline = await Read(shop, order.Id);
        timeline.Gaps.ShouldHaveSingleItem().Source.ShouldBe("payment");
        Path(timeline, "order").ShouldEndWith("Completed");
        Path(timeline, "stock branch").ShouldBe("Tried Confirmed");
        await shop.System.AllUp();
        Path(await Whole(shop, order.Id), "payment branch").ShouldEndWith("Confirmed");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_resumed_event_stream_sends_each_transition_once(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.Place(await shop.NewSku(5), 1, "tok_ok", wait: 0);
        var seen = new List<(long Id, string Line)>();
        // Each connection is dropped after one event, like in a bad network.
        await Eventually.Holds("the stream ends", async () => !await TakeOne(shop, order.Id, seen));
        seen.Select(one => one.Id).ShouldBeInOrder();
        seen.Select(one => one.Id).Distinct().Count().ShouldBe(seen.Count);
        seen[0].Line.ShouldContain("\"to\":\"Reserving\"");
        seen[^1].Line.ShouldContain("\"to\":\"Completed\"");
        seen.Count.ShouldBe((await Whole(shop, order.Id)).Items.Count(item => item.Subject == "order"));
    }

    /// <summary>One whole process is down.</summary>
    public static IEnumerable<object[]> ManyProcesses() => Mode.All().Where(mode => Running.ProcessesOf((Mode)mode[0]).Count > 1);

    static async Task<bool> TakeOne(Shop shop, Guid order, List<(long Id, string Line)> seen)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var answer = await shop.Stream($"orders/{order}/events", seen.Count == 0 ? null : $"{seen[^1].Id}");
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return false;
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        long id = 0;
        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = long.Parse(line[4..], CultureInfo.InvariantCulture);
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            seen.Add((id, line));
            return true;
        }

        return true;
    }

    static Task<Timeline> Whole(Shop shop, Guid order) => Timeline.Whole(shop, order);

    static Task<Timeline> Read(Shop shop, Guid order) => Timeline.Read(shop, order);

    static string Path(Timeline timeline, string subject) =>
        string.Join(' ', timeline.Items.Where(item => item.Subject == subject && item.From != item.To).Select(item => item.To));
}
