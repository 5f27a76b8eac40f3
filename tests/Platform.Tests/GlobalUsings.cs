global using Pack;
global using Shouldly;
global using Testing;
global using Xunit;

// Metrics are the process's, and the machine may be small.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
