namespace OrderSaga.Platform.Processing;

/// <summary>
/// Thrown by a handler that refuses a message before it has changed or sent anything. The message is stored as failed; the rest of its batch
/// commits, without another run.
/// </summary>
public abstract class RefusedMessageException(string message) : Exception(message)
{
    /// <summary>Called once, when it is certain that the message is no duplicate of a handled one, and the batch has committed.</summary>
    protected internal virtual void OnRefused()
    {
    }
}
