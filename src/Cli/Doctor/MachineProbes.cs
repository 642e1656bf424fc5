using System.Runtime.InteropServices;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>The machine: runtime, memory, disk, ports.</summary>
internal static class MachineProbes
{
    private const long Gibibyte = 1L << 30;
    private const long NeededMemory = 1 * Gibibyte;
    private const long NeededDisk = Gibibyte / 2;

    public static IEnumerable<Probe> All(IEnumerable<(string Use, int Port)> ports) =>
    [
        new(".NET", "https://dot.net/download", () => Finding.Good($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} cores")),
        new("memory", "close something, or give the container more", Memory),
        new("disk", "free some space, or set TMPDIR", Disk),
        new("ports", "", () => Ports(ports)),
    ];

    private static Finding Memory()
    {
        var available = AvailableMemory();
        var detail = $"{(double)available / Gibibyte:0.0} GiB available";
        return available >= NeededMemory ? Finding.Good(detail) : Finding.Bad(detail, $"the demo needs about {NeededMemory / Gibibyte} GiB");
    }

    private static Finding Disk()
    {
        var folder = Path.GetTempPath();
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var detail = $"{(double)free / Gibibyte:0.0} GiB free in {folder}";
        return free >= NeededDisk ? Finding.Good(detail) : Finding.Bad(detail, "the demo keeps its checkpoints there; free some space, or set TMPDIR");
    }

    private static Finding Ports(IEnumerable<(string Use, int Port)> ports)
    {
        var all = ports.ToList();
        var taken = all.Where(p => !FreePorts.IsFree(p.Port)).ToList();
        return taken.Count == 0
            ? Finding.Good($"free: {string.Join(", ", all.Select(p => p.Port))}")
            : Finding.Optional(
                $"taken: {string.Join(", ", taken.Select(p => $"{p.Port} ({p.Use})"))}",
                "the demo uses free ones instead; a service on its own takes --grpc-port and --http-port");
    }

    // What the kernel could give without swapping; on other systems, what the runtime believes it may use.
    private static long AvailableMemory()
    {
        const string field = "MemAvailable:";
        if (File.Exists("/proc/meminfo") && File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) is { } line)
            return 1024 * long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB"), provider: null);
        return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
