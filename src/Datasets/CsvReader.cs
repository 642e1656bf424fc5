using System.Text;

namespace Rearm.Streaming.Datasets;

/// <summary>Comma-separated values (RFC 4180): quoted fields may hold commas, line breaks and doubled quotes.</summary>
internal sealed class CsvReader(TextReader reader, string path)
{
    private readonly StringBuilder _field = new();

    /// <summary>The line on which the last record began, from 1.</summary>
    public int Line { get; private set; }

    private int _nextLine = 1;

    /// <summary>Reads the next record into <paramref name="fields"/>; empty lines are skipped.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DatasetException">A quote that is not closed, or text after a closing quote.</exception>
    public bool Read(List<string> fields)
    {
        fields.Clear();
        while (reader.Peek() is '\r' or '\n')
            if (reader.Read() == '\n')
                _nextLine++;
        Line = _nextLine;
        if (reader.Peek() < 0)
            return false;
        while (true)
        {
            var next = reader.Peek() == '"' ? ReadQuoted() : ReadPlain();
            fields.Add(_field.ToString());
            _field.Clear();
            if (next != ',')
                return true;
        }
    }

    private int ReadPlain()
    {
        int c;
        while ((c = reader.Read()) is not (',' or '\n' or < 0))
            _field.Append((char)c);
        if (c != ',' && _field.Length > 0 && _field[^1] == '\r')
            _field.Length--;
        if (c == '\n')
            _nextLine++;
        return c;
    }

    private int ReadQuoted()
    {
        reader.Read();
        while (true)
        {
            var c = reader.Read();
            if (c < 0)
                throw new DatasetException($"{path}, line {Line}: a quoted field is not closed.");
            if (c == '\n')
                _nextLine++;
            if (c != '"')
                _field.Append((char)c);
            else if (reader.Peek() == '"')
                _field.Append((char)reader.Read());
            else
                break;
        }
        var next = reader.Read();
        if (next == '\r' && reader.Peek() == '\n')
            next = reader.Read();
        if (next == '\n')
            _nextLine++;
        return next is ',' or '\n' or < 0
            ? next
            : throw new DatasetException($"{path}, line {Line}: '{(char)next}' follows a closing quote; a comma or the line's end is needed.");
    }
}
