using Rearm.Streaming.Benchmarks;
using Rearm.Streaming.Benchmarks.Approximate;
using Rearm.Streaming.Benchmarks.Weights;

// Measures what is hot, each thing against its plain form, in one run:   dotnet run -c Release --project benchmarks
// and SEA's training steps likewise:                                     dotnet run -c Release --project benchmarks -- sea
// and what event types do to recommendations:                            dotnet run -c Release --project benchmarks -- weights FOLDER
// and approximate search beside the Server's:                            dotnet run -c Release --project benchmarks -- usearch gaussian 23033 lifted-f16
if (args is ["weights", var folder])
    await WeightsExperiment.RunAsync(folder, Console.Out);
else if (args is ["sea"])
    SeaBenchmarks.Run(Console.Out, steps: 5);
else if (args is ["usearch", _, _, ..])
    UsearchBenchmarks.Run(Console.Out, args[1..]);
else
    KernelBenchmarks.Run(Console.Out);
