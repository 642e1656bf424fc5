using System.Runtime.CompilerServices;
using Rearm.Streaming.Models.Training;

// Seeds, dropout and the number of live tensors belong to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Rearm.Streaming.Models.UnitTests;

internal static class AssemblyInfo
{
    // Threads that spin for work gain nothing on tensors this small, and get in the way of the tests that run beside these.
    [ModuleInitializer]
    internal static void UseOneThread() => TrainingDevice.Open(TrainingDevice.Cpu, threads: 1);
}
