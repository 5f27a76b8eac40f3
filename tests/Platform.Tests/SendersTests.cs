using System.Text;
using OrderSaga.Platform.Rabbit;
using RabbitMQ.Client;

namespace Platform.Tests;

/// <summary>Which sender a message has, and which messages it may send.</summary>
public sealed class SendersTests
{
    const string Bump = "urn:message:Pack:Bump";

    static readonly Senders Senders = new("x-here", "x-", "returner", new Dictionary<Type, IReadOnlyList<string>> { [typeof(Bump)] = ["there"] });

    [Theory]
    [InlineData(null, null, "")]
    [InlineData("x-there", null, "x-there")]
    [InlineData("x-there", "x-here", "x-there")]
    [InlineData(null, "x-here", "")]
    [InlineData("x-here", "x-there", "x-there")]
    [InlineData("x-returner", "x-there", "x-there")]
    [InlineData("x-returner", "", "")]
    [InlineData("returner", "x-here", "returner")]
    public void Another_sender_is_believed_only_from_a_returner(string? user, string? header, string sender)
    {
        var properties = new BasicProperties { UserId = user };
        if (header is not null)
            properties.Headers = new Dictionary<string, object?> { ["ordersaga-sender"] = Encoding.UTF8.GetBytes(header) };
        Senders.Of(properties).ShouldBe(sender);
    }

    [Theory]
    [InlineData(null, Bump, true)]
    [InlineData("x-there", Bump, true)]
    [InlineData("there", Bump, false)]
    [InlineData("", Bump, false)]
    [InlineData("x-returner", "urn:message:pack:BUMP", false)]
    [InlineData("x-other", "urn:message:Pack:News " + Bump, false)]
    [InlineData("x-other", "urn:message:Pack:News", true)]
    [InlineData("x-there", "", false)]
    [InlineData(null, "", true)]
    public void Every_type_of_a_message_must_be_its_senders(string? sender, string types, bool may) =>
        Senders.MaySend(sender, types.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(may);
}
