using System.Runtime.InteropServices;

namespace Rearm.Streaming.Cli.Embedded;

/// <summary>
/// Finds the librdkafka that Confluent.Kafka loads. Its package brings several builds for Linux, and only some of them fit a distribution:
/// the plain one needs libsasl2.so.3, which Debian does not have.
/// </summary>
internal static class Librdkafka
{
    /// <summary>The name to import by.</summary>
    public const string Name = "librdkafka";

    // In the order Confluent.Kafka tries them.
    private static readonly string[] Builds = [Name, "centos8-librdkafka", "alpine-librdkafka"];

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Has imports by <see cref="Name"/> in this assembly find the library. May be called more than once.</summary>
    public static void Register()
    {
        if (!Handle.IsValueCreated && Handle.Value != 0)
            NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, static (name, _, _) => name == Name ? Handle.Value : 0);
    }

    private static nint Load()
    {
        foreach (var build in Builds)
            if (NativeLibrary.TryLoad(build, typeof(Librdkafka).Assembly, searchPath: null, out var handle))
                return handle;
        throw new DllNotFoundException(
            $"None of librdkafka's builds can be loaded here ({string.Join(", ", Builds)}; {RuntimeInformation.RuntimeIdentifier}). Use a Kafka of your own: --kafka host:port.");
    }
}
