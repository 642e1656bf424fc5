namespace Rearm.Streaming.Cli.UnitTests;

/// <summary>The collection of tests that train models: libtorch has one random generator for the process, so of two trainings at once neither has the numbers of its seed.</summary>
[CollectionDefinition(nameof(OneTrainingAtATime))]
public sealed class OneTrainingAtATime;
