using System.Runtime.CompilerServices;

namespace OrderSaga.Ledgers;

/// <summary>Operations on sorted sequences.</summary>
public static class Sorted
{
    /// <summary>The sorted union without duplicates.</summary>
    public static async IAsyncEnumerable<T> Union<T>(
        IComparer<T> order, IReadOnlyList<IAsyncEnumerable<T>> sources, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var heads = new PriorityQueue<IAsyncEnumerator<T>, T>(order);
        var opened = sources.Select(source => source.GetAsyncEnumerator(cancel)).ToList();
        try
        {
            foreach (var source in opened)
                if (await source.MoveNextAsync())
                    heads.Enqueue(source, source.Current);

            while (heads.TryPeek(out _, out var least))
            {
                while (heads.TryPeek(out var source, out var head) && order.Compare(head, least) == 0)
                {
                    heads.Dequeue();
                    if (await source.MoveNextAsync())
                        heads.Enqueue(source, source.Current);
                }

                yield return least;
            }
        }
        finally
        {
            foreach (var source in opened)
                await source.DisposeAsync();
        }
    }
}
