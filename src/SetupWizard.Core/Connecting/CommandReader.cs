using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>A command line of psql, pg_dump and PostgreSQL's other programs, with the variables before it and what it is run in.</summary>
internal static partial class CommandReader
{
    /// <summary>Programs, with their short options that take a word and how many words without an option are a database and a login.</summary>
    private static readonly FrozenDictionary<string, (string WithWord, int Positions)> s_programs = new Dictionary<string, (string, int)>
    {
        ["psql"] = ("cdFfhLopPRTUv", 2),
        ["usql"] = ("cdFfhLopPRTUv", 2),
        ["pgcli"] = ("dDhpRuU", 2),
        ["pg_dump"] = ("deEfFhjnNpStTUZ", 1),
        ["pg_dumpall"] = ("dEfhlpSU", 0),
        ["pg_restore"] = ("dfFhIjLnNpPStTU", 0),
        ["pg_isready"] = ("dhptU", 0),
        ["pg_basebackup"] = ("cdDFhilprsStTUXZ", 0),
        ["pg_receivewal"] = ("dDEhpsSUZ", 0),
        ["pg_recvlogical"] = ("dEfFhIoPpsSU", 0),
        ["pgbench"] = ("bcdDfFhijLlMPpRstTU", 1),
        ["vacuumdb"] = ("dhjnNpPtU", 1),
        ["reindexdb"] = ("dhijpStU", 1),
        ["clusterdb"] = ("dhptU", 1),
        ["createdb"] = ("DEhlOpSTU", 1),
        ["dropdb"] = ("hpU", 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Long options that take the next word when there is no equals sign.</summary>
    private static readonly FrozenSet<string> s_longWithWord = (
        "host port username user dbname command file output log-file field-separator record-separator set variable pset table-attr prompt row-limit " +
        "encoding format jobs schema exclude-schema table exclude-table exclude-table-data exclude-table-and-children extension exclude-extension superuser compress " +
        "extra-float-digits lock-wait-timeout role rows-per-insert section snapshot include-foreign-data filter restrict-key sync-method exclude-database globals database " +
        "index use-list function trigger transaction-size timeout pgdata checkpoint label max-rate slot wal-method waldir target tablespace-mapping status-interval manifest-checksums " +
        "endpos startpos option plugin fsync-interval client transactions scale rate time builtin protocol define log-prefix random-seed max-tries maintenance-db tablespace template locale " +
        "lc-collate lc-ctype owner strategy parallel min-xid-age min-mxid-age").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a program is started with here.</summary>
    private static readonly FrozenSet<string> s_launchers = new[] { "sudo", "su", "env", "time", "nohup", "exec", "command", "watch", "doas", "runuser", "gosu" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a program is started with in a container or on another machine.</summary>
    private static readonly FrozenSet<string> s_elsewhere = new[] { "docker", "podman", "nerdctl", "docker-compose", "podman-compose", "kubectl", "oc", "ssh", "lxc", "flyctl", "fly", "ddev", "lando" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads the first command of one of the programs; null when there is none.</summary>
    public static ConnectionParts? TryRead(string text) => TryRead(text, elsewhere: false);

    private static ConnectionParts? TryRead(string text, bool elsewhere)
    {
        var variables = new ConnectionParts();
        ConnectionParts? found = null;
        foreach (var command in Commands(text))
        {
            if (Read(command, variables, elsewhere) is { } parts)
            {
                if (found is null)
                {
                    found = parts;
                }
                else if (parts.Known > 0)
                {
                    return found.Remark("several", found.Last(ConnectionPart.Host) ?? "");
                }
            }
            else if (found is null)
            {
                TakeVariables(command, variables);
            }
        }

        return found;
    }

    private static IEnumerable<List<string>> Commands(string text)
    {
        var command = new List<string>();
        var skip = false;
        foreach (var word in ShellWords.Split(text))
        {
            if (word.IsSign)
            {
                // A file follows, and then the command goes on.
                skip = word.Text[0] is '<' or '>' or '1' or '2';
                if (!skip && command.Count > 0)
                {
                    yield return command;
                    command = [];
                }
            }
            else if (skip)
            {
                skip = false;
            }
            else
            {
                command.Add(word.Text);
            }
        }

        if (command.Count > 0)
        {
            yield return command;
        }
    }

    /// <summary>Lines before the command that set a variable.</summary>
    private static void TakeVariables(List<string> command, ConnectionParts variables)
    {
        for (var i = 0; i < command.Count; i++)
        {
            // PowerShell has blanks around the sign.
            var word = i + 2 < command.Count && command[i + 1] == "=" ? command[i] + "=" + command[i + 2] : command[i];
            if (Variable().Match(word) is { Success: true } variable && ConnectionKeys.PartOf(variable.Groups[1].Value) is not (ConnectionPart.Unknown or ConnectionPart.Url))
            {
                variables.Add(variable.Groups[1].Value, variable.Groups[2].Value);
            }
        }
    }

    private static ConnectionParts? Read(List<string> words, ConnectionParts variables, bool elsewhere)
    {
        var program = words.FindIndex(static w => NameOf(w) is not null);
        var before = words[..(program < 0 ? words.Count : program)];
        var launcher = before.FirstOrDefault(static w => !Variable().IsMatch(w) && w is not ("$" or "#" or ">" or "%" or "&"));
        elsewhere |= launcher is not null && s_elsewhere.Contains(launcher);
        if (launcher is not null && !elsewhere && !s_launchers.Contains(launcher) && launcher is not ("sh" or "bash"))
        {
            return null;
        }

        if (program < 0)
        {
            // bash -c "psql ..."
            return launcher is null ? null : words.Where(static w => w.Contains(' ', StringComparison.Ordinal)).Select(w => TryRead(w, elsewhere)).FirstOrDefault(static p => p is not null);
        }

        // A container may be called like the program in it.
        if (elsewhere && Enumerable.Range(program + 1, words.Count - program - 1).FirstOrDefault(i => NameOf(words[i]) is not null && (words[i - 1] == "--" || NameOf(words[i - 1]) is not null)) is > 0 and var inside)
        {
            program = inside;
        }

        var parts = new ConnectionParts().Override(variables);
        TakeVariables(before, parts);
        parts.Override(Options(NameOf(words[program])!, words[(program + 1)..]));
        if (elsewhere)
        {
            parts.WithoutHost = "container";
            if (parts.Last(ConnectionPart.Host) is { } host)
            {
                parts.Remark("inside", host);
            }
        }

        return parts;
    }

    private static ConnectionParts Options(string program, List<string> words)
    {
        var (withWord, positions) = s_programs[program];
        var options = new ConnectionParts();
        var positional = new List<string>();
        string? database = null;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                positional.AddRange(words[(i + 1)..]);
                break;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                var equals = word.IndexOf('=', StringComparison.Ordinal);
                var name = equals < 0 ? word[2..] : word[2..equals];
                var value = equals >= 0 ? word[(equals + 1)..] : s_longWithWord.Contains(name) && i + 1 < words.Count ? words[++i] : null;
                Take(name switch { "host" => 'h', "port" => 'p', "username" or "user" => 'U', "dbname" => 'd', _ => '\0' }, value);
            }
            else if (word.StartsWith('-') && word.Length > 1)
            {
                for (var letter = 1; letter < word.Length; letter++)
                {
                    if (withWord.Contains(word[letter], StringComparison.Ordinal))
                    {
                        Take(word[letter], letter + 1 < word.Length ? word[(letter + 1)..] : i + 1 < words.Count ? words[++i] : null);
                        break;
                    }
                }
            }
            else
            {
                positional.Add(word);
            }
        }

        // Words without an option take the places that no option has taken.
        var place = 0;
        if (positions > 0 && database is null && place < positional.Count)
        {
            database = positional[place++];
        }

        if (positions > 1 && options.Last(ConnectionPart.User) is null && place < positional.Count)
        {
            options.Add("user", positional[place++]);
        }

        if (positions > 0 && place < positional.Count)
        {
            options.Remark("rest");
        }

        return database is null ? options : Database(options, database);

        void Take(char option, string? value)
        {
            if (value is null)
            {
                return;
            }

            switch (option)
            {
                case 'h':
                    options.Override(new ConnectionParts().Add("host", value));
                    break;
                case 'p':
                    options.Override(new ConnectionParts().Add("port", value));
                    break;
                case 'U' or 'u':
                    options.Override(new ConnectionParts().Add("user", value));
                    break;
                case 'd' when program != "pgbench" || !value.StartsWith('-'):
                    database = value;
                    break;
            }
        }
    }

    /// <summary>A whole connection string may stand where a database does, and comes before the other options.</summary>
    private static ConnectionParts Database(ConnectionParts options, string text) =>
        UrlReader.TryRead(text) is { Problem: not "scheme" } url ? options.Override(url)
        : text.Contains('=', StringComparison.Ordinal) ? options.Override(KeyValueReader.ReadConnInfo(text))
        : options.Add("dbname", text);

    /// <summary>The program a word starts, with or without a path; null when it is none of them.</summary>
    private static string? NameOf(string word)
    {
        var match = Program().Match(word);
        return match.Success && s_programs.ContainsKey(match.Groups[1].Value) ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^(?:(?:[A-Za-z]:)?[^=:]*[/\\])?([a-z_]+)(?:-?\d+(?:\.\d+)?)?(?:\.exe)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    [GeneratedRegex(@"^(?:-e|--env=|\$env:)?([A-Z_][A-Z0-9_]*)=(.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Variable();
}
