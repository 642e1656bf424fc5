using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Kernels;

/// <summary>
/// Finds librearm_kernels.so, if it was built (build.sh) for the libtorch in use. A library built for another libtorch must never be
/// loaded beside it, so each has a folder of its own, named as build.sh names it. Without one the plain operators do the same, slower.
/// </summary>
internal static partial class KernelLibrary
{
    private const string Name = "rearm_kernels";
    private const string FileName = "librearm_kernels.so";

    private static readonly Lazy<bool> Found = new(Load);

    /// <summary>Whether the fused kernels are used. Tests switch them off to compare with the plain operators.</summary>
    internal static bool IsAvailable => !Disabled && Found.Value;

    [field: ThreadStatic]
    internal static bool Disabled { get; set; }

    /// <summary>Takes over what a kernel returned.</summary>
    internal static Tensor Result(nint handle, string kernel) => handle != 0
        ? Tensor.UnsafeCreateTensor(handle)
        : throw new ExternalException($"{kernel}: {Marshal.PtrToStringUTF8(rearm_kernels_error())}");

    [LibraryImport(Name)]
    private static partial nint rearm_kernels_error();

    private static bool Load()
    {
        if (Candidates(Environment.GetEnvironmentVariable, AppContext.BaseDirectory).FirstOrDefault(File.Exists) is not { } path)
            return false;
        // The tensor library first, so that the kernels' libtorch is the one that is already there.
        using (zeros(1))
        {
            if (!NativeLibrary.TryLoad(path, out var library))
                return false;
            NativeLibrary.SetDllImportResolver(typeof(KernelLibrary).Assembly, (name, _, _) => name == Name ? library : 0);
            return true;
        }
    }

    internal static IEnumerable<string> Candidates(Func<string, string?> environment, string baseDirectory)
    {
        if (environment("REARM_KERNELS_LIBRARY") is { Length: > 0 } explicitPath)
            return [explicitPath];
        if (environment("REARM_TORCH_LIBRARY") is { Length: > 0 } shim)
            return [Path.Combine(Path.GetDirectoryName(Path.GetFullPath(shim))!, FileName)];
        var libtorch = environment("LIBTORCH");
        // The official TorchSharp brings a libtorch of its own; which one the kernels were built for must then be said.
        if (string.IsNullOrEmpty(libtorch) && typeof(Tensor).Assembly.GetName().Name == "TorchSharp")
            return [];
        var key = string.IsNullOrEmpty(libtorch) ? "debian" : KeyOf(libtorch);
        var places = new List<string>();
        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
        {
            var artifacts = folder.Name == "artifacts" ? folder.FullName : Path.Combine(folder.FullName, "artifacts");
            places.Add(Path.Combine(artifacts, "native", key, FileName));
        }
        return places;
    }

    private static string KeyOf(string libtorch)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(libtorch));
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }
        return "libtorch-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(real)))[..12];
    }
}
