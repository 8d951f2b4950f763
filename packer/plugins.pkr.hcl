# Beside the template, not in it: Packer before 1.7 knows no required_plugins and bundles the plugins instead.
packer {
  required_version = ">= 1.10.0"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "= 1.3.9"
    }
  }
}
