global using Pack;
global using Shouldly;
global using Testing;
global using Xunit;

// Metrics are shared by the whole process, and the machine may be small.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
