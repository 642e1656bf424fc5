using System.Reflection;

namespace Rearm.Streaming.Server.UnitTests;

public class AssemblyTests
{
    [Fact]
    public void Server_AndAllItReferences_DoWithoutTorch()
    {
        var seen = new HashSet<string>();
        var next = new Queue<Assembly>([typeof(ServerHost).Assembly]);
        while (next.TryDequeue(out var assembly))
            foreach (var reference in assembly.GetReferencedAssemblies())
                if (seen.Add(reference.Name!) && reference.Name!.StartsWith("Rearm.", StringComparison.Ordinal))
                    next.Enqueue(Assembly.Load(reference));
        Assert.Contains("Rearm.Streaming.ServiceDefaults", seen);
        Assert.DoesNotContain(seen, name => name.Contains("Torch", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(typeof(ServerHost).Assembly.Location)!, "*torch*", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }));
    }
}
