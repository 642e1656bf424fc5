using Rearm.Streaming.Benchmarks;

// Measures what is hot, each thing against its plain form, in one run: dotnet run -c Release --project benchmarks
KernelBenchmarks.Run(Console.Out);
