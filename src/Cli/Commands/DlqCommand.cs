using System.CommandLine;
using Confluent.Kafka;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.DeadLetters;
using Rearm.Streaming.Cli.Progress;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm dlq</c>: the dead letters.</summary>
internal static class DlqCommand
{
    private const int ShownAtOnce = 20;

    public static RearmCommand Create() => new(
        "dlq",
        "Look at the records that could not be used, send them again, or drop them.",
        new Example("rearm dlq list", "those that nobody has handled yet"),
        new("rearm dlq replay --reason \"numbers\" --since 7.00:00:00", "send some again, once what was wrong is right"))
    {
        List(), Show(), Replay(), Drop(),
    };

    private static RearmCommand List() => Command(
        "list",
        "List dead letters, a line each: partition/offset, time, service, the record's topic/partition/offset, its key, the reason.",
        needsChoice: false,
        async (box, letters, console, _) =>
        {
            LetterText.List(letters, console);
            console.WriteLine($"{letters.Count} dead letters");
            await Task.CompletedTask;
        },
        new Example("rearm dlq list --kafka kafka:9092 --reason time", "those whose reason mentions a time"));

    private static RearmCommand Show() => Command(
        "show",
        $"Show dead letters whole, with the record's content; {ShownAtOnce} at most.",
        needsChoice: false,
        async (box, letters, console, cancellation) =>
        {
            foreach (var letter in letters.Take(ShownAtOnce))
            {
                LetterText.Show(await box.ReadAsync(letter, cancellation) ?? letter, console);
                console.WriteLine();
            }
            if (letters.Count > ShownAtOnce)
                console.WriteLine($"{letters.Count - ShownAtOnce} more are not shown");
        },
        new Example("rearm dlq show --partition 2 --offset 17", "one, by what list says"));

    private static RearmCommand Replay() => Command(
        "replay",
        "Send the records to the topics they came from, with their key, value and time, and mark the letters, so that the next replay leaves them out.",
        needsChoice: true,
        async (box, letters, console, cancellation) =>
        {
            var refused = await ProgressView.ShowAsync(console, progress => box.ReplayAsync(letters, cancellation, progress));
            console.WriteLine($"{letters.Count - refused.Count} records sent again");
            if (refused.Count > 0)
                throw new CliException(
                    $"{refused.Count} could not be sent; rearm dlq drop marks those that nobody can send any more: "
                    + $"{string.Join("; ", refused.Take(10).Select(r => $"{r.Letter.Partition}/{r.Letter.Offset}: {r.Reason}"))}");
        },
        new Example("rearm dlq replay --all", "everything that nobody has handled yet"));

    private static RearmCommand Drop() => Command(
        "drop",
        "Mark dead letters as not wanted: list and replay leave them out.",
        needsChoice: true,
        async (box, letters, console, cancellation) =>
        {
            await ProgressView.ShowAsync(console, progress => box.DropAsync(letters, cancellation, progress));
            console.WriteLine($"{letters.Count} dead letters dropped");
        },
        new Example("rearm dlq drop --partition 2 --offset 17", "one, by what list says"));

    private static RearmCommand Command(
        string name,
        string description,
        bool needsChoice,
        Func<LetterBox, IReadOnlyList<StoredLetter>, IAnsiConsole, CancellationToken, Task> act,
        params Example[] examples)
    {
        var flags = new LetterFlags();
        var all = new Option<bool>("--all") { Description = "All that nobody has handled yet" };
        var command = new RearmCommand(name, description, examples);
        flags.AddTo(command);
        if (needsChoice)
            command.Add(all);
        command.SetAction(async (parsed, cancellation) =>
        {
            var filter = flags.Filter(parsed);
            if (needsChoice && !filter.IsNarrow && !parsed.GetValue(all))
                throw new CliException(
                    $"rearm dlq {name} would take every dead letter; say which (--key, --reason, --service, --since, --topic, --partition), or --all.");
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            try
            {
                using var box = new LetterBox(flags.Kafka(parsed));
                var letters = await ProgressView.ShowAsync(console, progress => box.FindAsync(filter, cancellation, progress));
                await act(box, letters, console, cancellation);
            }
            catch (KafkaException e)
            {
                throw new CliException($"Kafka: {e.Error.Reason}. --kafka says where it is; rearm doctor --kafka HOST:PORT tries it.", e);
            }
            return ExitCodes.Success;
        });
        return command;
    }
}
