namespace SetupWizard.Core.Model;

/// <summary>A column's type.</summary>
/// <param name="Name">Its name in <c>pg_type</c>, of an array the element's: <c>timetz</c>.</param>
/// <param name="Shown">As SQL writes it, with its modifiers: <c>numeric(12,2)[]</c>.</param>
/// <param name="Kind">What kind of type, of an array the element's: the letters of <c>pg_type.typtype</c> (b base, c composite, d domain, e enum, m multirange, r range).</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Precision">Digits in all of a <c>numeric</c> that limits them; null otherwise.</param>
/// <param name="Scale">Digits after the point of a <c>numeric</c> that limits them; null otherwise.</param>
public sealed record PostgresType(string Name, string Shown, char Kind = 'b', bool IsArray = false, int? Precision = null, int? Scale = null)
{
    /// <summary>Of a domain the type it is over, with its modifiers, and through all domains in between; null otherwise.</summary>
    public PostgresType? Base { get; init; }
}
