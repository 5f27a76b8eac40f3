namespace OrderSaga.Inventory;

/// <summary>
/// A message that breaks the branch's rules. It is thrown so that the message is stored as failed with this cause, where an operator sees
/// it. The saga gets no answer, because any answer would be false.
/// </summary>
sealed class BranchViolationException(string message) : Exception(message);
