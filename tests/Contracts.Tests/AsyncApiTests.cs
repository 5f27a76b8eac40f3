using Repository;

namespace Contracts.Tests;

/// <summary>docs/asyncapi.yaml describes exactly the records.</summary>
public sealed class AsyncApiTests
{
    const string Advice = "docs/asyncapi.yaml differs from Contracts/: correct the document";

    [Fact]
    public void Every_record_has_its_schema() => AsyncApi.Load().WrongSchemas().ShouldBeEmpty(Advice);

    [Fact]
    public void Every_message_is_described_in_exactly_one_channel() => AsyncApi.Load().WrongMessages().ShouldBeEmpty(Advice);

    [Fact]
    public void Every_channel_is_a_declared_queue_or_exchange() => AsyncApi.Load().WrongChannels().ShouldBeEmpty(Advice);

    [Fact]
    public void Every_example_can_be_read() => AsyncApi.Load().WrongExamples().ShouldBeEmpty(Advice);

    [Fact]
    public void Every_reference_resolves() => AsyncApi.Load().DeadReferences().ShouldBeEmpty(Advice);

    [Theory]
    [InlineData("        sku:\n          type: string", "        sku:\n          type: integer", "RejectedLine.sku is integer, the record says string")]
    [InlineData("        quantity:\n", "        pieces:\n", "OrderLine.pieces is no field of the record")]
    [InlineData("        quantity:\n", "        pieces:\n", "OrderLine.quantity is missing")]
    [InlineData("required: [\"method\"]", "required: [\"method\", \"token\"]", "PaymentInstruction: required must be method")]
    [InlineData("    Money:\n      type", "    Cash:\n      type", "Money has no schema")]
    [InlineData("\n    StockReserved:\n      name:", "\n    StockHeld:\n      name:", "StockReserved is no message of the document")]
    [InlineData("    address: submit-order\n", "    address: place-order\n", "queues: the document has")]
    [InlineData("    address: OrderSaga.Contracts:OrderCompleted\n", "    address: OrderDone\n", "channel orderCompleted: its exchange must be")]
    [InlineData("\"currency\":\"EUR\",\"lines\"", "\"money\":\"EUR\",\"lines\"", "SubmitOrder: the example")]
    [InlineData("\"#/components/schemas/Envelope\"", "\"#/components/schemas/Wrapper\"", "#/components/schemas/Wrapper")]
    public void A_difference_from_the_contracts_is_detected(string right, string wrong, string found)
    {
        var text = Repo.Read("docs/asyncapi.yaml");
        text.ShouldContain(right);
        var altered = new AsyncApi(Yaml.Parse(text.Replace(right, wrong, StringComparison.Ordinal)));
        string[] findings =
        [
            .. altered.WrongSchemas(), .. altered.WrongMessages(), .. altered.WrongChannels(), .. altered.WrongExamples(), .. altered.DeadReferences(),
        ];
        findings.ShouldContain(finding => finding.StartsWith(found, StringComparison.Ordinal));
    }
}
