namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>Those who share them.</summary>
[CollectionDefinition(Name)]
public sealed class SharedFuzzedServices : ICollectionFixture<FuzzedServices>
{
    public const string Name = "Fuzzing";
}
