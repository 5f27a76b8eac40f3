using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments.Tests;

/// <summary>Runs alone: no other test may change the counters meanwhile.</summary>
[CollectionDefinition(nameof(ForgedWebhookTests), DisableParallelization = true)]
public sealed class CountedAlone;

/// <summary>A thousand attacks over HTTP: none is accepted, nothing changes, each is counted.</summary>
[Collection(nameof(ForgedWebhookTests))]
public sealed class ForgedWebhookTests
{
    const int Attacks = 1000;

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_thousand_forged_or_stale_webhooks_change_nothing(Mode mode)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var worker = await Worker.Start(mode, "--Payments:PendingPollDelaySeconds=3600", $"--Gateway:WebhookSecretPrevious={Signed.OtherSecret}");
        var orders = new List<Guid>();
        for (var i = 0; i < 3; i++)
            orders.Add(await Pending(worker));
        var attacker = new Attacker(new Random(seed), orders, TimeProvider.System.GetUtcNow());
        foreach (var (body, headers) in attacker.Captured)
            (await worker.Webhook(body, headers)).StatusCode.ShouldBe(HttpStatusCode.OK, "genuine webhooks with either active secret");

        await Eventually.Holds("all answers are sent", async () => await worker.Read(db => db.Outbox.CountAsync()) == 0);
        var before = await Everything(worker);
        using var counted = new Counted();
        var refused = 0;
        var kinds = new HashSet<string>();
        for (var i = 0; i < Attacks; i++)
        {
            var (kind, body, headers) = attacker.Next();
            using var answer = await worker.Webhook(body, headers);
            // A genuine webhook again within the window is a retry of the gateway that missed our response: known by its id.
            answer.StatusCode.ShouldBe(kind == "replayed" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, $"{kind}, seed {seed}, number {i}");
            refused += kind == "replayed" ? 0 : 1;
            kinds.Add(kind);
        }

        (await Everything(worker)).ShouldBe(before, $"seed {seed}");
        (counted.Refused, counted.SeenBefore).ShouldBe((refused, Attacks - refused), $"seed {seed}");
        refused.ShouldBeGreaterThan(Attacks / 2);
        kinds.Count.ShouldBe(Attacker.Kinds, "each attack was tried");
    }

    static async Task<Guid> Pending(Worker worker)
    {
        var order = Some.Order();
        await worker.Send(Some.Hosted(order) with { PayBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1) });
        await worker.WaitForAnswer(order, "PaymentPending");
        return order;
    }

    /// <summary>Everything that a webhook could change.</summary>
    static Task<string> Everything(Worker worker) => worker.Read(async db =>
    {
        var webhooks = await db.Webhooks.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
        var branches = await db.Branches.AsNoTracking().OrderBy(row => row.OrderId).ToListAsync();
        var attempts = await db.Attempts.AsNoTracking().OrderBy(row => row.Key).ToListAsync();
        var (audit, outbox, failed) = (await db.Audit.CountAsync(), await db.Outbox.CountAsync(), await db.FailedMessages.CountAsync());
        return string.Join('\n', [.. webhooks.Select(row => $"{row.Id} {row.Outcome} {row.ReceivedAt:O} {row.Body}"),
            .. branches.Select(row => $"{row.OrderId} {row.State} {row.Version}"),
            .. attempts.Select(row => $"{row.Key} {row.State} {row.Attempts} {row.NextAttemptAt:O} {row.Lease}"), $"{audit} {outbox} {failed}"]);
    });

    /// <summary>The attacker knows all traffic, and no secret.</summary>
    sealed class Attacker(Random random, IReadOnlyList<Guid> orders, DateTimeOffset now)
    {
        public IReadOnlyList<(string Body, WebhookHeaders Headers)> Captured { get; } =
        [
            .. orders.SelectMany((order, i) => new[] { Signed.Secret, Signed.OtherSecret }.Select((secret, j) =>
            {
                // An irrelevant event, so that the recording itself causes nothing that a replay could cause again.
                var body = Signed.Event(order, "payout.paid");
                return (body, Signed.Headers($"msg_{i}_{j}", now, body, secret));
            })),
        ];

        public const int Kinds = 12;

        public (string Kind, string Body, WebhookHeaders Headers) Next()
        {
            var order = orders[random.Next(orders.Count)];
            var body = Signed.Event(order, Any("authorization.succeeded", "authorization.failed", "authorization.expired"));
            var id = $"msg_{random.Next()}";
            var (seen, headers) = Captured[random.Next(Captured.Count)];
            return random.Next(Kinds) switch
            {
                0 => ("forged with a secret of its own", body, Signed.Headers(id, now, body, NewSecret())),
                1 => ("replayed", seen, headers),
                2 => ("replayed under another id", seen, headers with { Id = id }),
                3 => ("replayed with another time", seen, headers with { Timestamp = $"{now.ToUnixTimeSeconds() + random.Next(1, 200)}" }),
                4 => ("an old signature for another body", body, headers),
                5 => ("altered", Altered(seen), headers),
                6 => ("stale", body, Signed.Headers(id, now.AddSeconds(-random.Next(400, 1_000_000)), body)),
                7 => ("from the future", body, Signed.Headers(id, now.AddSeconds(random.Next(1000, 1_000_000)), body)),
                8 => ("without a signature", body, new WebhookHeaders(id, Now, Any(null, "", "v1,", "v1", "v1,====", "v0,AAAA"))),
                9 => ("signed as another version", seen, headers with { Signature = Any("v1a,", "v2,", "V1,", ",") + headers.Signature![3..] }),
                10 => ("a cut signature", seen, headers with { Signature = headers.Signature![..random.Next(3, headers.Signature!.Length - 1)] }),
                _ => ("many guesses", body, new WebhookHeaders(id, Now, string.Join(' ', Enumerable.Range(0, 50).Select(_ => Guess())))),
            };
        }

        string Now => now.ToUnixTimeSeconds().ToString();

        string Altered(string body)
        {
            var at = random.Next(body.Length);
            return body[..at] + (char)(body[at] == 'x' ? 'y' : 'x') + body[(at + 1)..];
        }

        string Guess()
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            return "v1," + Convert.ToBase64String(bytes);
        }

        string NewSecret() => "whsec_" + Guess()["v1,".Length..];

        T Any<T>(params T[] values) => values[random.Next(values.Length)];
    }

    /// <summary>The increase of the webhook counter meanwhile.</summary>
    sealed class Counted : IDisposable
    {
        readonly MeterListener listener = new();
        int refused;
        int seenBefore;

        public Counted()
        {
            listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter == Instruments.Meter && instrument.Name == "ordersaga.gateway.webhooks")
                    own.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                var outcome = tags.ToArray().Single(tag => tag.Key == "outcome").Value;
                Interlocked.Add(ref refused, outcome is "refused" ? 1 : 0);
                Interlocked.Add(ref seenBefore, outcome is "seen before" ? 1 : 0);
            });
            listener.Start();
        }

        public int Refused => refused;
        public int SeenBefore => seenBefore;

        public void Dispose() => listener.Dispose();
    }
}
