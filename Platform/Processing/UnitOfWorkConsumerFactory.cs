using MassTransit;
using MassTransit.Context;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Processing;

/// <summary>Resolves a consumer from the scope of its batch.</summary>
sealed class UnitOfWorkConsumerFactory<TConsumer> : IConsumerFactory<TConsumer> where TConsumer : class
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<ConsumerConsumeContext<TConsumer, T>> next) where T : class
    {
        var consumer = context.GetPayload<UnitOfWorkContext>().Services.GetRequiredService<TConsumer>();
        return next.Send(new ConsumerConsumeContextScope<TConsumer, T>(context, consumer));
    }

    public void Probe(ProbeContext context) => context.CreateScope("unit-of-work");
}
