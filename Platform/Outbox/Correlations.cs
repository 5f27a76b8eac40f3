namespace OrderSaga.Platform.Outbox;

/// <summary>How the CorrelationId of each message type is read from a message.</summary>
sealed class Correlations
{
    readonly List<Func<object, Guid?>> readers = [];

    public void Add<T>(Func<T, Guid> by) where T : class => readers.Add(message => message is T known ? by(known) : null);

    public Guid? Of(object message) => readers.Select(by => by(message)).FirstOrDefault(id => id is not null);
}
