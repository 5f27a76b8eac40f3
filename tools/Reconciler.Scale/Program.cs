using Reconciler.Scale;

// dotnet run -c Release --project tools/Reconciler.Scale -- [ORDERS ...] [--keep]
// Creates this many orders on the PostgreSQL of ORDERSAGA_TEST_POSTGRES and corrupts 100 of each class. For each number it reports whether
// all were found, the peak memory of the merge, and its time compared with the database's own FULL JOIN of the same tables. Default: 100000
// 1000000.
if (args is ["merge", var connections, var found])
    return await MergeRun.Child(connections, found);

var server = Environment.GetEnvironmentVariable("ORDERSAGA_TEST_POSTGRES");
if (server is null)
{
    Console.Error.WriteLine("Set ORDERSAGA_TEST_POSTGRES to a connection string without a database; its role must be allowed to create databases.");
    return 2;
}

var numbers = args.Where(arg => arg != "--keep").Select(int.Parse).DefaultIfEmpty(100_000).ToList();
if (args.All(arg => arg == "--keep"))
    numbers.Add(1_000_000);
var right = true;
foreach (var orders in numbers)
    right &= await Trial.Run(server, orders, keep: args.Contains("--keep"));
return right ? 0 : 1;
