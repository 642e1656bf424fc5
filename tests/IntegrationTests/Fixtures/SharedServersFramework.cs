using System.Reflection;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework($"Rearm.Streaming.IntegrationTests.Fixtures.{nameof(SharedServersFramework)}", "Rearm.Streaming.IntegrationTests")]

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>Stops the shared servers after the last test: xunit 2 has fixtures for classes and collections, but none for an assembly.</summary>
public sealed class SharedServersFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics) : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(ITestAssembly assembly, IEnumerable<IXunitTestCase> cases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await SharedServers.StopAsync();
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
