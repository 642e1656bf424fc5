using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>The flags that say how a text file is read.</summary>
internal sealed class ImportFlags
{
    private static readonly ImportOptions Defaults = new();

    private readonly Option<string> _user = Column("--user-column", "The column of users: its name, or its number from 1 with --no-header", Defaults.User);
    private readonly Option<string> _item = Column("--item-column", "The column of items", Defaults.Item);
    private readonly Option<string> _time = Column("--time-column", $"The column of times: {ImportOptions.TimeForms}, UTC where no zone is named; default: the only column named like a time, if there is one");
    private readonly Option<string> _type = Column("--type-column", "The column of what happened");
    private readonly Option<string> _timeFormat = new("--time-format") { Description = $"The form of the times, where it is another: {ImportOptions.TimeFormats}, or a pattern such as \"dd/MM/yyyy HH:mm\"", HelpName = "format" };
    private readonly Option<bool> _noTimes = new("--no-times") { Description = "Make times up, one second a row from 2020-01-01, whatever the file has" };
    private readonly Option<string[]> _where = new("--where") { Description = "Only rows with this value in this column; all must hold", HelpName = "column=value" };
    private readonly Option<string> _pattern = new("--item-pattern") { Description = "Only rows whose item matches this regular expression as a whole", HelpName = "regex" };
    private readonly Option<string> _encoding = new("--encoding") { Description = "The file's encoding, e.g. windows-1252; default: UTF-8, or what its byte order mark says", HelpName = "name" };
    private readonly Option<char?> _delimiter = new("--delimiter")
    {
        Description = "What stands between fields: one character, or tab; default: told from the first line",
        HelpName = "character",
        CustomParser = result =>
        {
            switch (result.Tokens is [var token] ? token.Value : "")
            {
                case "tab" or "\\t":
                    return '\t';
                case [var character] when character != '"' && !char.IsLetterOrDigit(character):
                    return character;
                case var text:
                    result.AddError($"--delimiter is \"{text}\"; one character such as \";\", or tab, is needed.");
                    return null;
            }
        },
    };

    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first line is a row; columns go by their numbers, from 1" };
    private readonly Option<int> _maxBadRows = Numbers.Option("--max-bad-rows", "Rows without user, item or a time that can be read, to leave out and report; one more stops the import", 0, 0, int.MaxValue);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_user, _item, _time, _type, _timeFormat, _noTimes, _where, _pattern, _encoding, _delimiter, _noHeader, _maxBadRows];
        foreach (var option in all)
            command.Add(option);
        command.Validators.Add(result =>
        {
            foreach (var condition in result.GetValue(_where) ?? [])
                if (condition.IndexOf('=') <= 0)
                    result.AddError($"--where is \"{condition}\"; column=value is needed.");
            if (result.GetValue(_noTimes) && (result.GetResult(_time) is not null || result.GetResult(_timeFormat) is not null))
                result.AddError("--no-times does without --time-column and --time-format.");
        });
    }

    /// <summary>What a command line says.</summary>
    public ImportOptions Read(ParseResult parsed) => new()
    {
        User = parsed.GetRequiredValue(_user),
        Item = parsed.GetRequiredValue(_item),
        Time = parsed.GetValue(_time),
        NoTimes = parsed.GetValue(_noTimes),
        TimeFormat = parsed.GetValue(_timeFormat),
        Type = parsed.GetValue(_type),
        Where = [.. (parsed.GetValue(_where) ?? []).Select(c => KeyValuePair.Create(c[..c.IndexOf('=')], c[(c.IndexOf('=') + 1)..]))],
        ItemPattern = parsed.GetValue(_pattern),
        Encoding = parsed.GetValue(_encoding),
        Delimiter = parsed.GetValue(_delimiter),
        HasHeader = !parsed.GetValue(_noHeader),
        MaxBadRows = parsed.GetValue(_maxBadRows),
    };

    private static Option<string> Column(string name, string description, string? @default = null)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "column" };
        if (@default is not null)
            option.DefaultValueFactory = _ => @default;
        return option;
    }
}
