namespace OrderSaga.Payments;

/// <summary>
/// A message that the fence refuses. Thrown so that the message lands, with this cause, in the failed-message store, where a
/// person sees it: the saga gets no answer, because every answer would be untrue.
/// </summary>
sealed class BranchViolation(string message) : Exception(message);
