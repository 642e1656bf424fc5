using TorchSharp.Interop;

namespace Rearm.Streaming.Torch.UnitTests;

/// <summary>Where the shim is looked for, and what is said when there is none.</summary>
public class TorchLibraryTests
{
    private static IReadOnlyList<string> Candidates(string folder, params (string Name, string Value)[] environment)
        => TorchLibrary.Candidates(name => environment.FirstOrDefault(e => e.Name == name).Value, folder);

    [Fact]
    public void Candidates_WithAPath_AreThatPathAlone()
        => Assert.Equal(["/there/librearm_torch.so"], Candidates("/app", ("REARM_TORCH_LIBRARY", "/there/librearm_torch.so"), ("LIBTORCH", "/lt")));

    [Fact]
    public void Candidates_WithoutAnything_BeginNextToTheAssembly()
        => Assert.Equal("/app/librearm_torch.so", Candidates("/app")[0]);

    [Fact]
    public void Candidates_WithLibtorch_AreTheShimsBuiltForIt()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            Directory.CreateDirectory(Path.Combine(root.FullName, "artifacts", "native"));
            var inside = Path.Combine(root.FullName, "artifacts", "bin", "x");
            Assert.Equal(
                [Path.Combine(root.FullName, "artifacts", "native", TorchLibrary.KeyOf("/lt"), "librearm_torch.so")],
                Candidates(inside, ("LIBTORCH", "/lt")));
            Assert.Contains(Path.Combine(root.FullName, "artifacts", "native", "debian", "librearm_torch.so"), Candidates(inside));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void KeyOf_IsTheOneThatTheBuildScriptComputes()
    {
        // printf %s /opt/libtorch | sha256sum | cut -c1-12
        Assert.Equal("libtorch-505631580d03", TorchLibrary.KeyOf("/opt/libtorch/"));
    }

    [Fact]
    public void Load_WithNoShim_SaysWhatToInstall()
    {
        var error = Assert.Throws<DllNotFoundException>(() => TorchLibrary.Load(["/nowhere/librearm_torch.so"]));
        Assert.Contains("/nowhere/librearm_torch.so", error.Message);
        Assert.Contains("apt-get install libtorch-dev libopenblas0-pthread", error.Message);
        Assert.Contains("LIBTORCH", error.Message);
    }

    [Fact]
    public void Load_OfAShimThatIsNone_SaysWhatToInstall()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not a library");
            Assert.Contains("apt-get install", Assert.Throws<DllNotFoundException>(() => TorchLibrary.Load([path])).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
