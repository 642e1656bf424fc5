using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Architecture.UnitTests;

public partial class TestClassTests
{
    [Fact]
    public void CleanUp_OfEveryTestClass_IsOfAKindThatXunitCalls()
    {
        // Of a class with tests xunit 2 calls IDisposable and IAsyncLifetime, and nothing else: what it holds would outlive it.
        var left = Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => OnlyAsyncDisposable().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName).ToList();

        Assert.True(left.Count == 0, $"IAsyncLifetime in place of IAsyncDisposable is called: {string.Join(", ", left)}");
    }

    [GeneratedRegex(@"^public .*class \w+Tests\b.*\bIAsyncDisposable\b", RegexOptions.Multiline)]
    private static partial Regex OnlyAsyncDisposable();
}
