using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>ui.tls</c>: a certificate of files, or one that Ambianic makes. Without either the page is not encrypted.</summary>
public sealed record TlsOptions : IValidatableObject
{
    /// <summary>Certificate as PEM, with those between it and the root.</summary>
    [ConfigurationPath]
    public string CertificateFile { get; init; } = "";

    /// <summary>Private key of the certificate as PEM, without a password.</summary>
    [ConfigurationPath]
    public string KeyFile { get; init; } = "";

    /// <summary>Makes a certificate and keeps it in <c>data_dir</c>; browsers have to be told to trust it. The default is false.</summary>
    public bool Generate { get; init; }

    /// <summary>True when the page is encrypted.</summary>
    [ConfigurationIgnore]
    public bool IsOn => Generate || CertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CertificateFile.Length > 0 != KeyFile.Length > 0)
        {
            yield return new ValidationResult("certificate_file and key_file belong together; one of them is missing");
        }
        else if (Generate && CertificateFile.Length > 0)
        {
            yield return new ValidationResult("has certificate_file, so leave generate out");
        }
    }
}
