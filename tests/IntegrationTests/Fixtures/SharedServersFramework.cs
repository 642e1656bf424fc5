using Rearm.Streaming.IntegrationTests.Fixtures;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework($"Rearm.Streaming.IntegrationTests.Fixtures.{nameof(SharedServersFramework)}", "Rearm.Streaming.IntegrationTests")]

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>Stops the shared servers after the last test: xunit 2 has fixtures for classes and collections, but none for an assembly.</summary>
public sealed class SharedServersFramework : XunitTestFramework
{
    public SharedServersFramework(IMessageSink messageSink) : base(messageSink) => DisposalTracker.Add(new Stop());

    private sealed class Stop : IDisposable
    {
        public void Dispose() => SharedServers.StopAsync().GetAwaiter().GetResult();
    }
}
