using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>Finds and loads librearm_torch.so, the shim between this assembly and libtorch, on first use.</summary>
internal static class TorchLibrary
{
    internal const string Name = "rearm_torch";
    internal const string FileName = "librearm_torch.so";
    internal const string PathVariable = "REARM_TORCH_LIBRARY";
    internal const string LibTorchVariable = "LIBTORCH";

    internal const string Advice =
        "Install libtorch with 'apt-get install libtorch-dev libopenblas0-pthread' and build the shim with "
        + "'src/Torch/native/build.sh', or run eng/setup.sh, which does both; or set LIBTORCH to the folder of another "
        + "libtorch (the one with include/ and lib/) and run build.sh again.";

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
        => name == Name ? Load(Candidates(Environment.GetEnvironmentVariable, AppContext.BaseDirectory)) : 0;

    /// <summary>The places to look in, most binding first; a place that was named explicitly is the only one.</summary>
    internal static IReadOnlyList<string> Candidates(Func<string, string?> environment, string baseDirectory)
    {
        if (environment(PathVariable) is { Length: > 0 } path)
            return [path];
        var build = environment(LibTorchVariable) is { Length: > 0 } libtorch ? KeyOf(libtorch) : "debian";
        var places = new List<string>();
        // A shim that was copied next to the assembly is for the default libtorch.
        if (build == "debian")
            places.Add(Path.Combine(baseDirectory, FileName));
        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
        {
            var native = Path.Combine(folder.FullName, "artifacts", "native");
            if (Directory.Exists(native))
                places.Add(Path.Combine(native, build, FileName));
        }
        return places;
    }

    /// <summary>Loads the first candidate that exists.</summary>
    /// <exception cref="DllNotFoundException">None exists, or the one that does needs a library that is missing.</exception>
    internal static nint Load(IReadOnlyList<string> candidates)
    {
        var path = candidates.FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException(
                $"Training needs libtorch, and {FileName} was not found"
                + (candidates.Count == 0 ? ". " : $" (looked for {string.Join(", ", candidates)}). ") + Advice);
        try
        {
            var library = NativeLibrary.Load(path);
            UseAllProcessors(library);
            return library;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException($"{path} was found but could not be loaded: {e.Message} {Advice}", e);
        }
    }

    /// <summary>Debian's libtorch begins with one thread whatever the machine; OMP_NUM_THREADS still has the last word.</summary>
    private static unsafe void UseAllProcessors(nint library)
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 })
            return;
        var get = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, nameof(Native.rearm_get_num_threads));
        var set = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(library, nameof(Native.rearm_set_num_threads));
        if (get() == 1)
            set(Environment.ProcessorCount);
    }

    /// <summary>The folder that build.sh gives the shim of one libtorch, from that libtorch's real path.</summary>
    internal static string KeyOf(string libtorch)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(RealPath(libtorch)));
        return "libtorch-" + Convert.ToHexStringLower(hash)[..12];
    }

    private static string RealPath(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full))
            return full;
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }
        return real;
    }
}
