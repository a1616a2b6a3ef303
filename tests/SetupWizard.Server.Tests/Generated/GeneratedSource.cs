using System.Globalization;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Server.Tests.Generated;

/// <summary>A relation that the application writes to.</summary>
/// <param name="Ref">Its name.</param>
/// <param name="Id">An id that it takes.</param>
/// <param name="Keyless">It has no usable key.</param>
/// <param name="Top">Nothing stands above it.</param>
public sealed record GeneratedTable(TableRef Ref, int Id, bool Keyless, bool Top);

/// <summary>
/// A database as people have them, made from a seed: trees of partitions and of inheritance, owners this login is, can become, cannot become or
/// had better not become, keys of every sort, generated columns, grants, policies, publications. Weighted towards what has gone wrong elsewhere.
/// </summary>
public sealed class GeneratedSource
{
    private readonly Dice _dice;
    private readonly StringBuilder _sql = new();
    private readonly List<GeneratedTable> _tables = [];
    private readonly List<string> _schemas = [];
    private readonly List<string> _owners = [];
    private readonly List<IdentityChoice> _choices = [];
    private readonly int _major;
    private int _names;

    public GeneratedSource(int seed, int major)
    {
        Seed = seed;
        _major = major;
        _dice = new Dice(seed);
        Suffix = string.Create(CultureInfo.InvariantCulture, $"{seed}");
        Database = "gen_" + Suffix;
        Admin = "adm_" + Suffix;
        Application = "app_" + Suffix;
        User = _dice.Weighted((80, "pipe_" + Suffix), (10, "Pipe \"" + Suffix), (10, "파이프 " + Suffix));
        MakeOwners();
        MakeSchemas();
        var tops = _dice.Between(2, 5);
        for (var i = 0; i < tops; i++)
        {
            MakeTop();
        }

        MakePublications();
        MakeUser();
        Goal = MakeGoal();
    }

    public int Seed { get; }

    public string Suffix { get; }

    public string Database { get; }

    public string Admin { get; }

    public string Application { get; }

    public string User { get; }

    public SetupGoal Goal { get; }

    public IReadOnlyList<GeneratedTable> Tables => _tables;

    /// <summary>Roles that the source made, beside the administrator and the application.</summary>
    public IReadOnlyList<string> Owners => _owners;

    /// <summary>Somebody who may runs what is handed over.</summary>
    public bool HandOffIsRun { get; private set; }

    /// <summary>What a superuser runs in the new database.</summary>
    public string Sql => _sql.ToString();

    private void Run(string statement) => _sql.Append(statement).Append(";\n");

    private static string Quote(string name) => PgIdentifier.Quote(name);

    private void MakeOwners()
    {
        Run($"GRANT CREATE, CONNECT ON DATABASE {Quote(Database)} TO {Quote(Admin)}");
        _owners.Add(Admin);
        var count = _dice.Weighted((30, 0), (45, 1), (25, 2));
        for (var i = 0; i < count; i++)
        {
            var role = Quote(i == 0 ? "own_" + Suffix : "Own \"2\" " + Suffix);
            var name = i == 0 ? "own_" + Suffix : "Own \"2\" " + Suffix;
            Run($"CREATE ROLE {role} {(_dice.Percent(50) ? "LOGIN" : "NOLOGIN")}");
            var admin = Quote(Admin);
            switch (_dice.Weighted((25, "member"), (25, "grantable"), (10, "handed-on"), (12, "circle"), (14, "log-in"), (14, "foreign")))
            {
                case "member":
                    Run($"GRANT {role} TO {admin}");
                    break;
                case "grantable":
                    // From 16 on this takes ADMIN OPTION; before, CREATEROLE is enough.
                    if (_major >= 16)
                    {
                        Run($"GRANT {role} TO {admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
                    }

                    break;
                case "handed-on":
                    Run(_major >= 16 ? $"GRANT {role} TO {admin} WITH INHERIT FALSE, SET TRUE" : $"ALTER ROLE {admin} NOINHERIT; GRANT {role} TO {admin}");
                    break;
                case "circle":
                    if (_dice.Percent(50))
                    {
                        Run($"GRANT {admin} TO {role}");
                    }
                    else
                    {
                        var between = Quote("mid_" + Suffix + "_" + i);
                        Run($"CREATE ROLE {between}; GRANT {admin} TO {between}; GRANT {between} TO {role}");
                    }

                    break;
                case "log-in":
                    if (_dice.Percent(60))
                    {
                        Run($"GRANT rds_iam TO {role}");
                    }
                    else
                    {
                        var team = Quote("team_" + Suffix + "_" + i);
                        Run($"CREATE ROLE {team}; GRANT rds_iam TO {team}; GRANT {team} TO {role}");
                    }

                    if (_major >= 16 && _dice.Percent(70))
                    {
                        Run($"GRANT {role} TO {admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
                    }

                    break;
                default:
                    break;
            }

            _owners.Add(name);
        }

        if (_dice.Percent(8))
        {
            _owners.Add("rdsadmin");
        }
    }

    private void MakeSchemas()
    {
        foreach (var name in new[] { "public", "app", "Pa\"rts" }.Take(_dice.Weighted((35, 1), (40, 2), (25, 3))))
        {
            var owner = _dice.Percent(70) ? Admin : _dice.Of(_owners);
            Run(name == "public" ? $"ALTER SCHEMA public OWNER TO {Quote(Admin)}" : $"CREATE SCHEMA {Quote(name)} AUTHORIZATION {Quote(owner)}");
            Run($"GRANT USAGE ON SCHEMA {Quote(name)} TO {Quote(Application)}");
            if (_dice.Percent(15))
            {
                Run($"GRANT USAGE ON SCHEMA {Quote(name)} TO PUBLIC");
            }

            _schemas.Add(name);
        }
    }

    private TableRef NewName()
    {
        _names++;
        var name = _dice.Weighted((80, "t"), (8, "Ta\"ble "), (6, "표"), (6, "t'")) + _names.ToString(CultureInfo.InvariantCulture);
        return new TableRef(_dice.Of(_schemas), name);
    }

    private string Generated() => !_dice.Percent(20) ? ""
        : _major >= 18 && _dice.Percent(40) ? ", g int GENERATED ALWAYS AS (id * 2) VIRTUAL"
        : ", g int GENERATED ALWAYS AS (id * 2) STORED";

    private void MakeTop()
    {
        switch (_dice.Weighted((45, "plain"), (30, "partitioned"), (25, "inherited")))
        {
            case "plain":
                MakePlain();
                break;
            case "partitioned":
                MakePartitioned();
                break;
            default:
                MakeInherited();
                break;
        }
    }

    private void MakePlain()
    {
        var table = NewName();
        var generated = Generated();
        Run($"CREATE {(_dice.Percent(5) ? "UNLOGGED " : "")}TABLE {table.Quoted} (id int NOT NULL, v text, n int NOT NULL DEFAULT 1{generated})");
        var keyless = Key(table, generated, partitioned: false);
        Finish(table, 1, keyless, top: true, Admin);
        if (_dice.Percent(5))
        {
            Run($"ALTER EXTENSION plpgsql ADD TABLE {table.Quoted}");
        }
    }

    /// <summary>Gives it a key, or none, and an identity; whether its rows cannot be told apart.</summary>
    private bool Key(TableRef table, string generated, bool partitioned)
    {
        var target = table.Quoted;
        var index = Quote("u" + _names.ToString(CultureInfo.InvariantCulture));
        var keyless = true;
        var unique = false;
        switch (_dice.Weighted((52, "primary"), (18, "none"), (12, "unique"), (6, "nullable"), (6, "deferrable"), (6, "generated")))
        {
            case "primary":
                Run($"ALTER TABLE {target} ADD PRIMARY KEY (id)");
                keyless = false;
                break;
            case "unique":
                Run($"CREATE UNIQUE INDEX {index} ON {target} (id)");
                unique = true;
                break;
            case "nullable":
                Run($"CREATE UNIQUE INDEX {index} ON {target} (id, v)");
                break;
            case "deferrable":
                Run($"ALTER TABLE {target} ADD PRIMARY KEY (id) DEFERRABLE");
                break;
            case "generated" when generated.EndsWith("STORED", StringComparison.Ordinal):
                Run($"ALTER TABLE {target} ADD PRIMARY KEY (id, g)");
                keyless = false;
                break;
            default:
                break;
        }

        switch (_dice.Weighted((78, "default"), (12, "full"), (5, "index"), (5, "nothing")))
        {
            case "full":
                Run($"ALTER TABLE {target} REPLICA IDENTITY FULL");
                break;
            case "index" when unique:
                Run($"ALTER TABLE {target} REPLICA IDENTITY USING INDEX {index}");
                break;
            case "nothing":
                Run($"ALTER TABLE {target} REPLICA IDENTITY NOTHING");
                break;
            default:
                break;
        }

        if (keyless && _dice.Percent(50))
        {
            _choices.Add(unique && !partitioned && _dice.Percent(60) ? new IdentityChoice(table, IdentityKind.Index, "u" + _names.ToString(CultureInfo.InvariantCulture)) : new IdentityChoice(table, IdentityKind.Full));
        }

        return keyless;
    }

    private void MakePartitioned()
    {
        var root = NewName();
        var generated = Generated();
        Run($"CREATE TABLE {root.Quoted} (id int NOT NULL, v text, n int NOT NULL DEFAULT 1{generated}) PARTITION BY RANGE (id)");
        var owner = _dice.Percent(70) ? Admin : _dice.Of(_owners);
        var rootKey = _dice.Percent(65);
        if (rootKey)
        {
            Run($"ALTER TABLE {root.Quoted} ADD PRIMARY KEY (id)");
        }
        else if (_dice.Percent(50))
        {
            _choices.Add(new IdentityChoice(root, IdentityKind.Full));
        }

        if (_dice.Percent(15))
        {
            Run($"ALTER TABLE {root.Quoted} REPLICA IDENTITY FULL");
        }

        var leaves = _dice.Between(1, 3);
        var made = new List<(TableRef Name, int From, bool Branch)>();
        for (var i = 0; i < leaves; i++)
        {
            made.Add((NewName(), i * 100, Branch: _dice.Percent(20)));
        }

        foreach (var (name, from, branch) in made)
        {
            var bounds = $"FOR VALUES FROM ({from}) TO ({from + 100})";
            Run($"CREATE {(!branch && _dice.Percent(4) ? "UNLOGGED " : "")}TABLE {name.Quoted} PARTITION OF {root.Quoted} {bounds}{(branch ? " PARTITION BY RANGE (id)" : "")}");
            if (branch)
            {
                var under = NewName();
                Run($"CREATE TABLE {under.Quoted} PARTITION OF {name.Quoted} FOR VALUES FROM ({from}) TO ({from + 100})");
                Member(under, from + 5, rootKey, owner, generated);
            }

            Member(name, from + 4, rootKey, owner, generated, rows: !branch);
        }

        Finish(root, 7, !rootKey, top: true, owner);
    }

    private void Member(TableRef name, int id, bool keyed, string owner, string generated, bool rows = true)
    {
        var hasKey = keyed;
        if (!keyed && rows && _dice.Percent(15))
        {
            Run($"ALTER TABLE {name.Quoted} ADD PRIMARY KEY (id)");
            hasKey = true;
        }

        if (_dice.Percent(12))
        {
            Run($"ALTER TABLE {name.Quoted} REPLICA IDENTITY {_dice.Weighted((80, "FULL"), (20, "NOTHING"))}");
        }

        _ = generated;
        Finish(name, id, !hasKey, top: false, _dice.Percent(85) ? owner : _dice.Of(_owners));
    }

    private void MakeInherited()
    {
        var parent = NewName();
        var generated = Generated();
        Run($"CREATE TABLE {parent.Quoted} (id int NOT NULL, v text, n int NOT NULL DEFAULT 1{generated})");
        var keyless = Key(parent, generated, partitioned: false);
        var owner = _dice.Percent(75) ? Admin : _dice.Of(_owners);
        var line = new List<TableRef> { parent };
        var children = _dice.Between(1, 3);
        for (var i = 0; i < children; i++)
        {
            var child = NewName();
            var above = _dice.Of(line);
            Run($"CREATE {(_dice.Percent(4) ? "UNLOGGED " : "")}TABLE {child.Quoted} ({(_dice.Percent(50) ? "extra int" : "")}) INHERITS ({above.Quoted}{(line.Count > 1 && line[0] != above && _dice.Percent(10) ? ", " + line[0].Quoted : "")})");
            var hasKey = _dice.Percent(60);
            if (hasKey)
            {
                Run($"ALTER TABLE {child.Quoted} ADD PRIMARY KEY (id)");
            }

            if (_dice.Percent(12))
            {
                Run($"ALTER TABLE {child.Quoted} REPLICA IDENTITY FULL");
            }

            line.Add(child);
            Finish(child, 10 + i, !hasKey, top: false, _dice.Percent(85) ? owner : _dice.Of(_owners));
        }

        Finish(parent, 1, keyless, top: true, owner);
    }

    /// <summary>Rows, owner, grants and policies.</summary>
    private void Finish(TableRef table, int id, bool keyless, bool top, string owner)
    {
        var target = table.Quoted;
        Run($"DO $try$ BEGIN INSERT INTO {target} (id, v) VALUES ({id}, 'a'), ({id + 20}, 'b'); EXCEPTION WHEN check_violation THEN NULL; END $try$");
        Run($"GRANT SELECT, INSERT, UPDATE, DELETE ON {target} TO {Quote(Application)}");
        if (owner != "rdsadmin" && (top || owner != Admin || _dice.Percent(100)))
        {
            Run($"ALTER TABLE {target} OWNER TO {Quote(owner)}");
        }

        if (_dice.Percent(5))
        {
            Run($"GRANT SELECT ON {target} TO PUBLIC");
        }

        if (_dice.Percent(12))
        {
            Run($"ALTER TABLE {target} ENABLE ROW LEVEL SECURITY{(_dice.Percent(40) ? $"; ALTER TABLE {target} FORCE ROW LEVEL SECURITY" : "")}");
            if (_dice.Percent(70))
            {
                Run($"CREATE POLICY everybody ON {target} TO {(_dice.Percent(50) ? "PUBLIC" : Quote(Application))} USING ({_dice.Weighted((50, "true"), (50, "n = 1"))}) WITH CHECK (true)");
            }

            if (_dice.Percent(8))
            {
                Run($"CREATE POLICY narrow ON {target} AS RESTRICTIVE USING (n = 1)");
            }
        }

        _tables.Add(new GeneratedTable(table, id, keyless, top));
    }

    private void MakePublications()
    {
        if (_dice.Percent(20) && _tables.Count > 0)
        {
            var some = _tables.Where(_ => _dice.Percent(40)).ToList();
            var publish = _dice.Weighted((50, "insert"), (50, "insert, update, delete"));
            Run($"CREATE PUBLICATION other WITH (publish = '{publish}')");
            foreach (var table in some)
            {
                Run($"DO $try$ BEGIN EXECUTE {PgLiteral.Quote($"ALTER PUBLICATION other ADD TABLE {(_dice.Percent(50) ? "ONLY " : "")}{table.Ref.Quoted}")}; EXCEPTION WHEN OTHERS THEN NULL; END $try$");
            }
        }

        if (_dice.Percent(20) && _tables.Count > 0)
        {
            var options = _dice.Weighted((50, ""), (20, " WITH (publish_via_partition_root = true)"), (15, " WITH (publish = 'insert')"), (15, _major >= 18 ? " WITH (publish_generated_columns = stored)" : ""));
            Run($"CREATE PUBLICATION clickpipes{options}");
            Run($"ALTER PUBLICATION clickpipes OWNER TO {Quote(_dice.Percent(80) ? Admin : "rdsadmin")}");
            foreach (var table in _tables.Where(_ => _dice.Percent(25)))
            {
                Run($"DO $try$ BEGIN EXECUTE {PgLiteral.Quote($"ALTER PUBLICATION clickpipes ADD TABLE {table.Ref.Quoted}")}; EXCEPTION WHEN OTHERS THEN NULL; END $try$");
            }
        }
    }

    private void MakeUser()
    {
        if (!_dice.Percent(30))
        {
            return;
        }

        var user = Quote(User);
        Run($"CREATE ROLE {user} LOGIN PASSWORD 'before'");
        if (_major >= 16)
        {
            Run($"GRANT {user} TO {Quote(Admin)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
        }

        foreach (var schema in _schemas.Where(_ => _dice.Percent(40)))
        {
            Run($"GRANT USAGE ON SCHEMA {Quote(schema)} TO {user}");
        }

        foreach (var table in _tables)
        {
            switch (_dice.Weighted((70, 0), (10, 1), (15, 2), (5, 3)))
            {
                case 1:
                    Run($"GRANT SELECT ON {table.Ref.Quoted} TO {user}");
                    break;
                case 2:
                    Run($"GRANT SELECT (id, n) ON {table.Ref.Quoted} TO {user}");
                    break;
                case 3:
                    Run($"GRANT SELECT (id), UPDATE (v) ON {table.Ref.Quoted} TO {user} WITH GRANT OPTION");
                    break;
                default:
                    break;
            }
        }

        if (_dice.Percent(20))
        {
            Run($"ALTER DEFAULT PRIVILEGES FOR ROLE {Quote(Admin)} IN SCHEMA {Quote(_schemas[0])} GRANT SELECT ON TABLES TO {user}");
        }

        if (_dice.Percent(15))
        {
            Run($"ALTER ROLE {user} SET statement_timeout = '10min'");
        }

        // Before 16 an administrator could not set it back: the stand-in for rds_replication gives the attribute, which the service does not.
        if (_dice.Percent(10) && _major >= 16)
        {
            Run($"ALTER ROLE {user} CONNECTION LIMIT 2");
        }
    }

    private SetupGoal MakeGoal()
    {
        HandOffIsRun = _dice.Percent(50);
        var byName = _dice.Percent(35);
        var named = _tables.Where(t => _dice.Percent(t.Top ? 70 : 8)).Select(t => t.Ref).ToList();
        return new SetupGoal
        {
            User = User,
            ResetPassword = true,
            Schemas = byName && named.Count > 0 ? [] : _schemas,
            Tables = byName ? named : [],
            Identities = _choices,
            FutureTables = _dice.Percent(70),
        };
    }
}
